import JSON
import Testing

@Suite("Objects, arrays and the whole text")
struct JSONReaderContainerTests {
    private enum Field: String, CaseIterable { case name, count }
    private static let fields = JSONFields<Field>()

    private static func pair(_ reader: inout JSONReader) throws(JSONError) -> [String] {
        var read: [String] = []
        try reader.object(fields) { field, reader throws(JSONError) in
            switch field {
            case .name: read.append("name=\(try reader.string())")
            case .count: read.append("count=\(try reader.integer(in: 0...9))")
            }
        }
        return read
    }

    @Test("an object's members in their order, with any white space")
    func object() throws {
        #expect(try read(#"{"name":"a","count":1}"#, Self.pair) == ["name=a", "count=1"])
        #expect(try read(" \n{\t\"count\" : 1 ,\r\n\"name\"\n:\n\"a\" } \t", Self.pair) == ["count=1", "name=a"])
        #expect(try read("{}", Self.pair) == [])
    }

    @Test("picking passes over whatever is not asked for")
    func pick() throws {
        func names(_ reader: inout JSONReader) throws(JSONError) -> [String] {
            var read: [String] = []
            try reader.pick(Self.fields) { _, reader throws(JSONError) in read.append(try reader.string()) }
            return read
        }
        #expect(try read(#"{ "x": "a\"}", "name" : "b\u00e9", "y": {"name": ["c"]}, "count": "d", "z": 1 }"#, names) == ["bé", "d"])
        #expect(try read("{}", names) == [])
        #expect(try refusal(#"{"x": "a}"#, names).kind == .malformed)
        #expect(try refusal(#"["name"]"#, names).kind == .unexpected)
    }

    @Test("an unknown name is refused and the known ones are listed")
    func unknownName() throws {
        let error = try refusal(#"{"name":"a","nam":1}"#, Self.pair)
        #expect(error.kind == .unexpected)
        #expect(error.offset == 12)
        #expect(error.detail.contains("name, count"))
    }

    @Test("a name is matched byte by byte: neither a longer, nor a shorter, nor an other case")
    func similarNames() throws {
        for name in ["Name", "names", "", "name ", "nam", "count\\u0000"] {
            #expect(try refusal("{\"\(name)\":1}", Self.pair).kind == .unexpected, "\(name)")
        }
    }

    @Test("a name that stands twice is refused where it stands again")
    func repeatedName() throws {
        let error = try refusal(#"{"name":"a","count":1,"name":"b"}"#, Self.pair)
        #expect(error.kind == .unexpected)
        #expect(error.offset == 22)
        #expect(error.detail.contains("twice"))
    }

    @Test("a dictionary gives each name, unescaped, with the offset of its quote")
    func dictionary() throws {
        let found = try read(#"{"a":1, "\u0062":2,"":3}"#) { reader throws(JSONError) in
            var found: [String] = []
            try reader.dictionary { name, offset, reader throws(JSONError) in
                found.append("\(name)@\(offset)=\(try reader.number())")
            }
            return found
        }
        #expect(found == ["a@1=1", "b@8=2", "@19=3"])
    }

    @Test("an array's elements in their order")
    func array() throws {
        func numbers(_ reader: inout JSONReader) throws(JSONError) -> [String] {
            var numbers: [String] = []
            try reader.array { reader throws(JSONError) in numbers.append(try reader.number()) }
            return numbers
        }
        #expect(try read("[1, 2 ,3]", numbers) == ["1", "2", "3"])
        #expect(try read("[ ]", numbers) == [])
    }

    @Test(
        "what is no JSON text is refused",
        arguments: [
            "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\":1 \"b\":2}",
            "{,}", "{\"a\":1,,\"b\":2}", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]", "[1}", "{\"a\":1]", "]", "}", ",", ":",
            "nul", "nulll", "Null", "tru", "truex", "falsey", "True", "undefined", "NaN", "Infinity", "-Infinity", "+1", "//", "1//", "/**/1",
            "\u{FEFF}{}", "\"a", "\"", "a", "\u{B}1", "\u{A0}1", "\u{2028}1", "1\u{0}",
        ])
    func notJSON(text: String) throws {
        _ = try refusal(text) { reader throws(JSONError) in try JSONTree(&reader) }
        _ = try refusal(text) { reader throws(JSONError) in try reader.skip() }
    }

    @Test("nothing, or nothing but white space, is malformed", arguments: ["", " ", "\n\t\r "])
    func empty(text: String) throws {
        #expect(try refusal(text, Self.pair).kind == .malformed)
    }

    @Test("something behind the value is malformed", arguments: ["{} {}", "{}x", "{},", "{}]", "{}\u{0}"])
    func trailing(text: String) throws {
        let error = try refusal(text, Self.pair)
        #expect(error.kind == .malformed)
    }

    @Test("white space behind the value is not")
    func trailingSpace() throws {
        #expect(try read("{}\r\n\t ", Self.pair) == [])
    }

    @Test("a wrong type is not malformed but unexpected, and says what to send")
    func wrongType() throws {
        for text in ["[]", "1", "\"{}\"", "null", "true"] {
            let error = try refusal(text, Self.pair)
            #expect(error.kind == .unexpected)
            #expect(error.detail == "send an object")
            #expect(error.offset == 0)
        }
        #expect(try refusal(#"{"name":1}"#, Self.pair).detail == "send a string")
        #expect(try refusal(#"{"name":1}"#, Self.pair).offset == 8)
    }

    @Test("32 levels are followed, 33 are malformed, as are a million")
    func depth() throws {
        func nested(_ depth: Int, open: String, close: String) -> String {
            String(repeating: open, count: depth) + String(repeating: close, count: depth)
        }
        func skip(_ reader: inout JSONReader) throws(JSONError) { try reader.skip() }
        try read(nested(32, open: "[", close: "]"), skip)
        try read(nested(31, open: "{\"a\":", close: "}").replacing("{\"a\":}", with: "{\"a\":{}}"), skip)
        for depth in [33, 1_000_000] {
            let error = try refusal(nested(depth, open: "[", close: "]"), skip)
            #expect(error.kind == .malformed)
            #expect(error.offset == 32)
        }
        #expect(try refusal(String(repeating: "{\"a\":", count: 100_000), skip).kind == .malformed)
        // The level is given back when a container closes: many beside one another are not deep.
        try read("[" + Array(repeating: "[[]]", count: 1_000).joined(separator: ",") + "]", skip)
    }

    @Test("a text that is cut off anywhere is refused")
    func truncated() throws {
        let text = #"{"a":[1.5e-3,true,null,{"b":"\u00e9\ud83d\ude00"}],"c":false}"#
        _ = try read(text) { reader throws(JSONError) in try JSONTree(&reader) }
        for count in 0..<text.utf8.count {
            let bytes = Array(text.utf8.prefix(count))
            _ = try refusal(bytes: bytes) { reader throws(JSONError) in try JSONTree(&reader) }
            _ = try refusal(bytes: bytes) { reader throws(JSONError) in try reader.skip() }
        }
    }
}
