public import Ledger

/// The digests of the seal, each SHA-256 over a text of lines that begins with the version of its form.
///
/// See docs/seal.md, which an auditor can do by hand.
public enum SealDigest {
    static let entryForm = "purser-seal-1"
    static let chainForm = "purser-chain-1"
    /// How many bytes of a fact's digest a seal keeps of it, so that a wrong one can be named.
    static let markLength = 8

    /// Of one entry.
    ///
    /// - Parameter facts: the SHA-256 of each of its lines, in their order.
    public static func entry(source: String, key: Identifier, facts: [[UInt8]]) -> [UInt8] {
        var text = Array("\(entryForm)\n\(source)\n\(key)\n".utf8)
        text.reserveCapacity(text.count + facts.count * 65)
        for fact in facts {
            text += Digest.hex(fact).utf8
            text.append(UInt8(ascii: "\n"))
        }
        return Digest.sha256(text)
    }

    /// Where the chain of an organisation begins.
    public static func beginning(of organisation: Identifier) -> [UInt8] { Digest.sha256(Array("\(chainForm)\n\(organisation)\n".utf8)) }

    /// Of all entries up to one.
    ///
    /// - Parameters:
    ///   - previous: the chain before it.
    ///   - digest: the entry's own.
    public static func chain(previous: [UInt8], position: Int64, digest: [UInt8], sealedAt: Timestamp) -> [UInt8] {
        Digest.sha256(Array("\(chainForm)\n\(Digest.hex(previous))\n\(position)\n\(Digest.hex(digest))\n\(sealedAt)\n".utf8))
    }

    static func marks(of facts: [[UInt8]]) -> [UInt8] { facts.flatMap { $0.prefix(markLength) } }
}
