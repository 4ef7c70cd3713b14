import Ledger
import Testing

/// The moment that an RFC 3339 text names.
func at(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Timestamp {
    try #require(Timestamp(rfc3339: text), sourceLocation: sourceLocation)
}

extension Window {
    init(_ start: String, _ end: String) throws {
        self.init(start: try at(start), end: try at(end))
    }

    var seconds: Int64? {
        guard let start, let end else { return nil }
        return (end.microseconds - start.microseconds) / 1_000_000
    }
}

extension Timestamp {
    /// One microsecond earlier.
    var justBefore: Timestamp { Timestamp(microseconds: microseconds - 1) }
}
