/// How many calls of a log lack a tag, and who makes them.
public struct LogCoverage: Hashable, Sendable {
    /// Who makes most of the calls that lack it, by the label that tells most of these apart.
    public struct Culprits: Hashable, Sendable {
        public let label: String
        public let groups: [LogGroup]
    }

    public let tag: String
    /// The calls that lack it.
    public let missing: LogSums
    /// Nil: no label tells them apart.
    public let culprits: Culprits?
}
