/// An envelope that a person has stopped: it admits nothing until it is unfrozen.
public struct Freeze: Hashable, Sendable {
    public let envelope: String
    public let author: String
    public let reason: String
    public let since: Timestamp

    public init(envelope: String, author: String, reason: String, since: Timestamp) {
        self.envelope = envelope
        self.author = author
        self.reason = reason
        self.since = since
    }
}
