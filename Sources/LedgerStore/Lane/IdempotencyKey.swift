public import Ledger

/// What makes a repeated request recognisable: a hash of route and key, and one of the decoded body.
public struct IdempotencyKey: Hashable, Sendable {
    public let key: Identifier
    public let fingerprint: Identifier

    public init(key: Identifier, fingerprint: Identifier) {
        self.key = key
        self.fingerprint = fingerprint
    }

    /// - Parameters:
    ///   - route: keys of different routes do not meet.
    ///   - key: as the client sent it.
    ///   - body: the canonical bytes of the decoded body.
    public init(route: String, key: String, body: CanonicalBytes) {
        var bytes = CanonicalBytes()
        bytes.append(route)
        bytes.append(key)
        self.init(key: Digest.identifier(bytes.bytes), fingerprint: Digest.identifier(body.bytes))
    }
}
