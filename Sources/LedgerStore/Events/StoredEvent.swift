public import Ledger

/// An event as the fact keeps it.
public struct StoredEvent: Sendable {
    public let id: Identifier
    /// `Event.Kind`
    public let kind: String
    public let madeAt: Timestamp
    /// A JSON object.
    public let data: [UInt8]
}
