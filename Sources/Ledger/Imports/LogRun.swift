/// A run of a log.
public struct LogRun: Hashable, Sendable {
    public let id: String
    public let sums: LogSums
    public let first: Timestamp
    public let last: Timestamp
    /// Those that all of its calls have.
    public let tags: Tags
    /// How often the most frequent call was made again in just the same way; nil: nobody looked.
    public let identical: Int64?

    public init(id: String, sums: LogSums, first: Timestamp, last: Timestamp, tags: Tags, identical: Int64? = nil) {
        self.id = id
        self.sums = sums
        self.first = first
        self.last = last
        self.tags = tags
        self.identical = identical
    }

    /// The same, once somebody looked for calls that repeat.
    public func with(identical: Int64?) -> LogRun {
        LogRun(id: id, sums: sums, first: first, last: last, tags: tags, identical: identical)
    }

    /// A run may well make a call a few times; one that makes it so often, and one that is much longer than others, is looked at.
    static let suspiciousRepeats: Int64 = 10
}
