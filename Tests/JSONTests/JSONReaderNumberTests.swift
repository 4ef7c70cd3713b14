import JSON
import Testing

@Suite("Numbers and literals")
struct JSONReaderNumberTests {
    private static func number(_ reader: inout JSONReader) throws(JSONError) -> String { try reader.number() }

    @Test(
        "a number comes back exactly as it is written",
        arguments: [
            "0", "-0", "7", "-7", "10", "1234567890123456789012345678901234567890", "0.0", "0.10", "-0.5", "1e0", "1E0", "1e+5", "1e-5", "0e0",
            "1.25e-06", "1e400", "-1e-400", "9223372036854775808",
        ])
    func exact(text: String) throws {
        #expect(try read(text, Self.number) == text)
        #expect(try read(" \(text) ", Self.number) == text)
    }

    @Test(
        "what is no number is refused",
        arguments: [
            "01", "00", "-01", "1.", "1.e5", ".5", "-.5", "-", "--1", "+1", "1e", "1e+", "1e-", "1e1.5", "1ee5", "1.2.3", "0x10", "1_000", "1,5", "١",
            "1e٣", "∞", "1f", "- 1", "1 e5", "0-", "1+1",
        ])
    func refused(text: String) throws {
        _ = try refusal(text, Self.number)
        _ = try refusal(text) { reader throws(JSONError) in try reader.skip() }
    }

    @Test("whole numbers within the bounds, both ends among them")
    func integers() throws {
        func small(_ reader: inout JSONReader) throws(JSONError) -> Int64 { try reader.integer(in: -5...1_000) }
        #expect(try read("-5", small) == -5)
        #expect(try read("0", small) == 0)
        #expect(try read("-0", small) == 0)
        #expect(try read("1000", small) == 1_000)
        func large(_ reader: inout JSONReader) throws(JSONError) -> Int64 { try reader.integer(in: -Int64.max...Int64.max) }
        #expect(try read("9223372036854775807", large) == .max)
        #expect(try read("-9223372036854775807", large) == -.max)
    }

    @Test(
        "other numbers are unexpected at their first byte, and the bounds are named",
        arguments: ["-6", "1001", "1.0", "1e2", "0.5", "9223372036854775808", "-9223372036854775809", "99999999999999999999999", "1e400"])
    func outOfBounds(text: String) throws {
        let error = try refusal("  \(text)") { reader throws(JSONError) in try reader.integer(in: -5...1_000) }
        #expect(error.kind == .unexpected)
        #expect(error.offset == 2)
        #expect(error.detail == "send a whole number from -5 to 1000")
    }

    @Test("a number in a string is no number", arguments: ["\"1\"", "null", "true", "{}", "[1]"])
    func otherTypes(text: String) throws {
        let error = try refusal(text) { reader throws(JSONError) in try reader.integer(in: 0...9) }
        #expect(error.kind == .unexpected)
        #expect(error.offset == 0)
        #expect(try refusal(text, Self.number).kind == .unexpected)
    }

    @Test("a malformed number is malformed also where a whole number is due")
    func malformedInteger() throws {
        for text in ["1.", "1e", "-", "-x"] {
            #expect(try refusal(text) { reader throws(JSONError) in try reader.integer(in: 0...9) }.kind == .malformed, "\(text)")
        }
        // RFC 8259: a 0 ends the number, so what follows is something behind the value.
        #expect(try refusal("01") { reader throws(JSONError) in try reader.integer(in: 0...9) }.kind == .malformed)
    }

    @Test("true and false are the only booleans")
    func booleans() throws {
        func bool(_ reader: inout JSONReader) throws(JSONError) -> Bool { try reader.bool() }
        #expect(try read("true", bool))
        #expect(try read("false", bool) == false)
        for text in ["1", "0", "\"true\"", "null", "[]"] { #expect(try refusal(text, bool).kind == .unexpected, "\(text)") }
        for text in ["tru", "fals", "trve", "TRUE"] { #expect(try refusal(text, bool).kind == .malformed, "\(text)") }
    }

    @Test("null is taken where it stands, and only there")
    func null() throws {
        func isNull(_ reader: inout JSONReader) throws(JSONError) -> Bool {
            if try reader.takeNull() { return true }
            try reader.skip()
            return false
        }
        #expect(try read("null", isNull))
        for text in ["0", "\"null\"", "false", "{}", "[]"] { #expect(try read(text, isNull) == false, "\(text)") }
        for text in ["nul", "n", "nulL"] { #expect(try refusal(text, isNull).kind == .malformed, "\(text)") }
    }

    @Test("a caller can look what comes next")
    func lookAhead() throws {
        let seen = try read(#"["a",-1,7,null]"#) { reader throws(JSONError) in
            var seen: [String] = []
            try reader.array { reader throws(JSONError) in
                seen.append("\(reader.offset) \(reader.isAtString) \(reader.isAtNumber)")
                try reader.skip()
            }
            return seen
        }
        #expect(seen == ["1 true false", "5 false true", "8 false true", "10 false false"])
    }
}
