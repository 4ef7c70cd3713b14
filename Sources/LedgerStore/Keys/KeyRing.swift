public import Ledger

/// The API keys of one organisation, found by digest in a time that tells nothing about near misses.
public struct KeyRing: Sendable {
    public struct Entry: Sendable {
        public let digest: [UInt8]
        public let key: APIKey
    }

    private var byPrefix: [UInt64: [Entry]] = [:]
    private var digests: [Identifier: [UInt8]] = [:]

    public init() {}

    /// Adds a key, or replaces what was known of it; a revoked key is forgotten.
    public mutating func update(_ key: APIKey, digest: [UInt8]) {
        let prefix = Self.prefix(of: digest)
        byPrefix[prefix, default: []].removeAll { $0.key.id == key.id }
        guard key.revokedAt == nil else {
            digests[key.id] = nil
            return
        }
        byPrefix[prefix, default: []].append(Entry(digest: digest, key: key))
        digests[key.id] = digest
    }

    /// The active key with this SHA-256 digest.
    public func key(digest: [UInt8]) -> APIKey? {
        byPrefix[Self.prefix(of: digest)]?.first { Digest.areEqual($0.digest, digest) }?.key
    }

    /// The active key with this id.
    public func key(id: Identifier) -> APIKey? {
        digests[id].flatMap { key(digest: $0) }
    }

    /// The active keys whose calls all carry these tags.
    public func keys(boundTo tags: Tags) -> [APIKey] {
        byPrefix.values.flatMap { $0 }.map(\.key).filter { $0.boundTags.contains(tags) }
    }

    private static func prefix(of digest: [UInt8]) -> UInt64 {
        digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
