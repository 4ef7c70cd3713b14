public import Ledger

/// How far the chain of an organisation goes. Who writes it down can later prove that nothing before it was rewritten.
public struct SealHead: Sendable, Equatable {
    /// 0: nothing is sealed yet.
    public let position: Int64
    /// SHA-256 of all entries up to this one.
    public let digest: [UInt8]
    /// Nil: nothing is sealed yet.
    public let sealedAt: Timestamp?

    public init(position: Int64, digest: [UInt8], sealedAt: Timestamp?) {
        self.position = position
        self.digest = digest
        self.sealedAt = sealedAt
    }
}
