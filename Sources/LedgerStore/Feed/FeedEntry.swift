public import Ledger

/// An event in the feed of its organisation.
public struct FeedEntry: Sendable {
    /// 1 is the first; gap-free.
    public let position: Int64
    public let event: Identifier
    /// `Event.Kind`
    public let kind: String
    /// Empty for an event of no envelope.
    public let envelope: String
    public let madeAt: Timestamp
    /// A JSON object.
    public let data: [UInt8]

    public init(position: Int64, event: Identifier, kind: String, envelope: String, madeAt: Timestamp, data: [UInt8]) {
        self.position = position
        self.event = event
        self.kind = kind
        self.envelope = envelope
        self.madeAt = madeAt
        self.data = data
    }
}
