public import Ledger

/// A question to a person, as it stands.
public struct StoredApproval: Sendable {
    public let id: Identifier
    public let state: String
    public let envelope: String
    public let meter: Meter
    public let names: [String]
    public let values: [String]
    public let runID: String?
    public let requested: Int64
    public let model: String?
    public let tool: String?
    public let tags: Tags
    public let reason: String
    public let requestedAt: Timestamp
}
