import JSON
import TestSupport
import Testing

@Suite("Pointers to what stands at an offset")
struct JSONPointerTests {
    private static let text = #"{"tags": {"team_id": 7, "a/b~c": []}, "list": [1, {"x": "y"}, [2]]}"#

    @Test(
        "values, names and elements",
        arguments: [
            ("7", "/tags/team_id"), ("\"team_id\"", "/tags/team_id"), ("\"tags\"", "/tags"), ("{\"team_id\"", "/tags"),
            ("\"a/b~c\"", "/tags/a~1b~0c"), ("[]", "/tags/a~1b~0c"), ("1, ", "/list/0"), ("{\"x\"", "/list/1"), ("\"y\"", "/list/1/x"),
            ("2]", "/list/2/0"), ("[2]", "/list/2"),
        ])
    func places(part: String, expected: String) throws {
        let offset = try #require(Self.text.firstRange(of: part)).lowerBound.utf16Offset(in: Self.text)
        #expect(pointer(offset, in: Self.text) == expected)
    }

    @Test("the whole text is the empty pointer")
    func whole() {
        #expect(pointer(0, in: Self.text) == "")
        #expect(pointer(0, in: "[1]") == "")
        #expect(pointer(0, in: "7") == "")
        #expect(pointer(0, in: "") == "")
    }

    @Test("of a name that stands twice the second place is found")
    func repeated() {
        #expect(pointer(8, in: #"{"a":1, "a":2}"#) == "/a")
        #expect(pointer(12, in: #"{"a":[1], "a":[2,3]}"#) == "/a")
    }

    @Test("a text that breaks off behind the offset is located all the same")
    func broken() {
        #expect(pointer(10, in: #"{"a":{"b":7,"#) == "/a/b")
        #expect(pointer(10, in: #"{"a":{"b":7 "c"}}"#) == "/a/b")
        #expect(pointer(1_000, in: #"{"a":{"b":7}}"#) == "/a/b")
    }

    @Test("a reader's error is located where it was thrown")
    func errorPlace() throws {
        func places(_ reader: inout JSONReader) throws(JSONError) {
            try reader.dictionary { _, _, reader throws(JSONError) in
                try reader.array { reader throws(JSONError) in _ = try reader.integer(in: 0...9) }
            }
        }
        let text = #"{"a": [1, 2], "b/c": [3, 44]}"#
        #expect(pointer(try refusal(text, places).offset, in: text) == "/b~1c/1")
        let wrong = #"{"a": [1, 2], "b": {}}"#
        #expect(pointer(try refusal(wrong, places).offset, in: wrong) == "/b")
    }

    @Test("steps are escaped as RFC 6901 has it")
    func escaping() {
        #expect(JSONPointer.escape("a/b") == "a~1b")
        #expect(JSONPointer.escape("~1") == "~01")
        #expect(JSONPointer.escape("e\u{301}/") == "e\u{301}~1")
        #expect(JSONPointer.escape("") == "")
    }

    @Test("no offset in no text crashes")
    func anyOffset() {
        var random = SplitMix64.announced("Pointer offsets")
        for _ in 0..<300 {
            let bytes = JSONTexts.mutated(&random)
            bytes.withUnsafeBufferPointer { buffer in
                for offset in [0, bytes.count / 2, bytes.count, bytes.count + 1, Int(random.number(0...1_000))] {
                    let found = JSONPointer.locate(offset, in: buffer)
                    #expect(found.isEmpty || found.hasPrefix("/"), "seed \(random.seed)")
                }
            }
        }
    }
}
