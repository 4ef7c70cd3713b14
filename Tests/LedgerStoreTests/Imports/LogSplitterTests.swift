@testable import LedgerStore
import Ledger
import Testing

@Suite("Cutting a log into records")
struct LogSplitterTests {
    /// What comes out, however the bytes come in.
    private static func records(_ text: String, _ format: LogFormat, part: Int, limit: Int? = nil) throws -> [String] {
        var splitter = LogSplitter(format, limit: limit)
        var found: [String] = []
        func take(_ isLast: Bool) throws {
            while let record = try splitter.next(isLast: isLast) {
                found.append("\(record.line)|" + (record.bytes.map { String(decoding: $0, as: UTF8.self) } ?? "too long"))
            }
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            splitter.append(rest.prefix(part))
            rest = rest.dropFirst(part)
            try take(false)
        }
        try take(true)
        return found
    }

    @Test(
        "lines, arrays, values over several lines and rows of CSV, in parts of any size",
        arguments: [
            ("{\"a\":1}\r\n\n{\"b\":\"}{\"}\nnonsense\n{\"c\":1}", .jsonl, ["1|{\"a\":1}", "3|{\"b\":\"}{\"}", "4|nonsense", "5|{\"c\":1}"]),
            ("\u{FEFF}{\"a\":1}\n", .jsonl, ["1|{\"a\":1}"]),
            (
                " [ {\"a\":[1,\"]\"]},\n {\"b\":\n{\"x\":\"\\\"}\"}},{}]\n ", .litellm,
                ["1|{\"a\":[1,\"]\"]}", "2|{\"b\":\n{\"x\":\"\\\"}\"}}", "3|{}"]
            ),
            ("{\n \"a\": 1\n}\n{\n}\n", .otlp, ["1|{\n \"a\": 1\n}", "4|{\n}"]),
            ("a,b\n\"1\n2\",\"x\"\"y\n\"\n3,4", .csv, ["1|a,b", "2|\"1\n2\",\"x\"\"y\n\"", "5|3,4"]),
            ("a,b\n1,\"never ends\n2,3\n", .csv, ["1|a,b", "2|1,\"never ends\n2,3\n"]),
            ("a,b\n5\" x,1\n2,3", .csv, ["1|a,b", "2|5\" x,1", "3|2,3"]),
            ("\u{FEFF}\"a\nb\",c\n\"x\" \",1\n,\"\"\"\n\"\n", .csv, ["1|\u{FEFF}\"a\nb\",c", "3|\"x\" \",1", "4|,\"\"\"\n\""]),
            ("", .jsonl, []), ("\n\n", .csv, []), ("[]", .jsonl, []),
        ] as [(String, LogFormat, [String])])
    func cut(text: String, format: LogFormat, expected: [String]) throws {
        for part in [1, 2, 3, 7, 1_000] { #expect(try Self.records(text, format, part: part) == expected, "\(part)") }
    }

    @Test("a record that is too long is passed over, and the next one is read", arguments: [1, 5, 1_000])
    func tooLong(part: Int) throws {
        let long = String(repeating: "x", count: 50)
        #expect(try Self.records("{}\n{\"\(long)\"}\n{\"a\":1}\n", .jsonl, part: part, limit: 20) == ["1|{}", "2|too long", "3|{\"a\":1}"])
        #expect(try Self.records("a,b\n\"\(long)\n1,2\n", .csv, part: part, limit: 20).suffix(1) == ["3|1,2"])
        #expect(try Self.records("[{\"a\":\"\(long)\"},\n{}]", .litellm, part: part, limit: 20) == ["1|too long", "2|{}"])
    }

    @Test("where an array goes wrong, it is told", arguments: ["[{}", "[{}, 5]", "[{}] x", "[{\"a\": 1", "{\n\"a\": 1"])
    func broken(text: String) { #expect(throws: LogFault.self) { try Self.records(text, .litellm, part: 2) } }
}
