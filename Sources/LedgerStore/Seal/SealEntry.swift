public import Ledger

/// One entry of the chain as it is kept.
public struct SealEntry: Sendable {
    public let position: Int64
    /// `batches`, or the table of its one fact.
    public let source: String
    public let key: Identifier
    /// Of a batch: when it was made.
    let madeAt: Timestamp?
    public let facts: Int64
    let marks: [UInt8]
    /// SHA-256 of its facts.
    public let digest: [UInt8]
    /// SHA-256 of all entries up to this one.
    public let chain: [UInt8]
    public let sealedAt: Timestamp

    /// The first bytes of the digest of one of its facts, or nil.
    func mark(_ index: Int) -> ArraySlice<UInt8>? {
        let start = index * SealDigest.markLength
        return start + SealDigest.markLength <= marks.count ? marks[start..<start + SealDigest.markLength] : nil
    }
}
