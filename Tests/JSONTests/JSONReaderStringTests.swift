import JSON
import Testing

@Suite("Strings")
struct JSONReaderStringTests {
    private static func string(_ reader: inout JSONReader) throws(JSONError) -> String { try reader.string() }

    private static func label(_ reader: inout JSONReader) throws(JSONError) -> String { try reader.label(maximum: 4) }

    @Test("plain text comes back as it is, of any script and length")
    func plain() throws {
        for text in ["", "a", "Grüße", "日本語", "😀", "e\u{301}", "\u{7F}", "a/b", String(repeating: "x", count: 100_000)] {
            #expect(Array(try read("\"\(text)\"", Self.string).unicodeScalars) == Array(text.unicodeScalars))
        }
    }

    @Test("every escape of RFC 8259")
    func escapes() throws {
        #expect(try read(#""\"\\\/\b\f\n\r\t""#, Self.string) == "\"\\/\u{8}\u{C}\n\r\t")
        #expect(try read(#""a\u0041\u00e9\u00E9\u20ac""#, Self.string) == "aAéé€")
        #expect(try read(#""\u0000""#, Self.string) == "\u{0}")
        #expect(try read(#""\ud83d\ude00\uDBFF\uDFFF""#, Self.string) == "😀\u{10FFFF}")
    }

    @Test(
        "other escapes and halves of surrogate pairs are malformed",
        arguments: [
            #""\x41""#, #""\'""#, #""\0""#, #""\U0041""#, #""\u""#, #""\u12""#, #""\u12g4""#, #""\u+123""#, #""\u１２３４""#, #""\"#, #""\""#,
            #""\u123""#,
            #""\ud83d""#, #""\ud83dx""#, #""\ud83d\n""#, #""\ud83d\u0041""#, #""\ud83d\ud83d""#, #""\ude00""#, #""\ude00\ud83d""#, #""\ud83d\u00""#,
            "\"\\\n\"",
        ])
    func badEscapes(text: String) throws {
        #expect(try refusal(text, Self.string).kind == .malformed)
        // A name is a string too.
        #expect(try refusal("{\(text):1}") { reader throws(JSONError) in try JSONTree(&reader) }.kind == .malformed)
    }

    @Test("a control character must be escaped; the offset is its own")
    func controlCharacters() throws {
        for code in UInt8(0)..<0x20 {
            let error = try refusal(bytes: [0x22, 0x61, code, 0x22], Self.string)
            #expect(error.kind == .malformed)
            #expect(error.offset == 2)
        }
    }

    @Test(
        "bytes that are not UTF-8 are malformed",
        arguments: [
            [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0x80], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0x61, 0xE9],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) throws {
        #expect(try refusal(bytes: [0x22] + bytes + [0x22], Self.string).kind == .malformed)
        // The same beside an escape, which is read another way.
        #expect(try refusal(bytes: Array("\"\\n".utf8) + bytes + [0x22], Self.string).kind == .malformed)
        #expect(
            try refusal(bytes: Array("{\"".utf8) + bytes + Array("\":1}".utf8)) { reader throws(JSONError) in try JSONTree(&reader) }.kind
                == .malformed)
    }

    @Test("what is passed over unread must be JSON as well")
    func skippedStrings() throws {
        for bytes in [Array(#""\x""#.utf8), Array(#""\ud83d""#.utf8), [0x22, 0xFF, 0x22], Array("\"\\\n\"".utf8)] {
            _ = try refusal(bytes: bytes) { reader throws(JSONError) in try reader.skip() }
        }
    }

    @Test("a label has 1 to so many Unicode scalars")
    func labelLength() throws {
        for text in ["a", "abcd", "日本語言", "😀😀😀😀", "e\u{301}e\u{301}"] { #expect(try read("\"\(text)\"", Self.label) == text) }
        for text in ["", "abcde", "😀😀😀😀😀", "e\u{301}e\u{301}e"] {
            let error = try refusal("\"\(text)\"", Self.label)
            #expect(error.kind == .unexpected)
            #expect(error.detail == "send a string of 1 to 4 characters")
        }
        for text in ["1", "null", "{}"] { #expect(try refusal(text, Self.label).detail == "send a string of 1 to 4 characters") }
    }

    @Test("a label has no control characters, escaped ones neither")
    func labelControls() throws {
        for text in [#"\u0000"#, #"\n"#, #"a\u001f"#, #"\u007f"#, "\u{7F}", #"\u0080"#, "\u{80}", "a\u{9F}b", #"\u009f"#] {
            let error = try refusal("\"\(text)\"", Self.label)
            #expect(error.kind == .unexpected, "\(text)")
        }
        // U+00A0 is the first that is none; U+0442 has 0xD1 0x82 and U+20AC ends in 0x82 0xAC.
        for text in ["\u{A0}", "т", "€", "\u{C2}", "\u{200B}"] { #expect(try read("\"\(text)\"", Self.label) == text) }
    }

    @Test("escaped and plain spellings of a known name are one name")
    func escapedName() throws {
        enum Field: String, CaseIterable { case name }
        func object(_ reader: inout JSONReader) throws(JSONError) {
            try reader.object(JSONFields<Field>()) { _, reader throws(JSONError) in try reader.skip() }
        }
        // Names are compared as they are written: an escaped spelling is refused as unknown, never taken for another.
        #expect(try refusal(#"{"n\u0061me":1}"#, object).kind == .unexpected)
        #expect(try refusal(#"{"name":1,"n\u0061me":2}"#, object).kind == .unexpected)
    }
}
