import Foundation
import JSON
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    private static func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 0)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("commas stand between values and members, and nowhere else")
    func commas() {
        let text = Self.written { writer in
            writer.object { writer in
                writer.name("a")
                writer.integer(1)
                writer.name("b")
                writer.array([1, 2] as [Int64]) { $0.integer($1) }
                writer.name("c")
                writer.object { _ in }
                writer.name("d")
                writer.array([Int64]()) { $0.integer($1) }
                writer.name("e")
                writer.array(["x", "y"]) { writer, text in
                    writer.object { writer in
                        writer.name(text)
                        writer.bool(text == "x")
                    }
                }
                writer.name("f")
                writer.null()
                writer.name("g")
                writer.raw("[1,2]".utf8)
                writer.name("h")
                writer.text { writer in for byte in "abc".utf8 { writer.byte(byte) } }
                writer.name("i")
                writer.string("z")
            }
        }
        #expect(text == #"{"a":1,"b":[1,2],"c":{},"d":[],"e":[{"x":true},{"y":false}],"f":null,"g":[1,2],"h":"abc","i":"z"}"#)
    }

    @Test("whole numbers to both ends")
    func integers() {
        for value in [0, 1, -1, 10, 99, -100, 1_234_567_890, Int64.max, Int64.min] {
            #expect(Self.written { $0.integer(value) } == "\(value)")
        }
    }

    @Test("an absent value is null")
    func absent() {
        #expect(Self.written { $0.string(nil) } == "null")
        #expect(Self.written { $0.integer(nil) } == "null")
        #expect(Self.written { $0.string(String?("a")) } == "\"a\"")
        #expect(Self.written { $0.integer(Int64?(5)) } == "5")
    }

    @Test("quotes, backslashes and control characters are escaped, the rest is not")
    func escapes() {
        #expect(Self.written { $0.string("a\"b\\c") } == #""a\"b\\c""#)
        #expect(Self.written { $0.string("\u{0}\n\t\u{1F}") } == #""\u0000\u000a\u0009\u001f""#)
        #expect(Self.written { $0.string("/ é 😀 \u{7F}\u{2028}") } == "\"/ é 😀 \u{7F}\u{2028}\"")
        #expect(Self.written { $0.string("") } == #""""#)
    }

    @Test("a name may be any text")
    func names() {
        let text = Self.written { writer in
            writer.object { writer in
                writer.name("a\"\n" as String)
                writer.integer(1)
                writer.name("é")
                writer.integer(2)
            }
        }
        #expect(text == #"{"a\"\u000a":1,"é":2}"#)
    }

    @Test("every text comes back from the reader, and from Foundation")
    func everyScalar() throws {
        var all = ""
        for code in UInt32(0)...0x10FFFF where code < 0x3000 || code % 97 == 0 {
            if let scalar = Unicode.Scalar(code) { all.unicodeScalars.append(scalar) }
        }
        let bytes = Array(Self.written { $0.string(all) }.utf8)
        let back = try read(bytes: bytes) { reader throws(JSONError) in try reader.string() }
        #expect(Array(back.unicodeScalars) == Array(all.unicodeScalars))
        #expect(JSONTree.foundation(bytes) == .string(all))
    }
}
