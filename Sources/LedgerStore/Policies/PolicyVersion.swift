public import Ledger

/// One version of an organisation's policy, as it was given. A version never changes.
public struct PolicyVersion: Sendable {
    public let version: Int64
    public let source: String
    /// SHA-256 of the source, in hexadecimal.
    public let checksum: String
    /// Who applied it: a key's name or id, or the command line.
    public let author: String
    public let message: String
    public let createdAt: Timestamp
}
