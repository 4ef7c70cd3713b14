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

    /// With the tags that an API key fills in: two keys that stand for different teams never share an answer.
    func bound(to key: APIKey) -> IdempotencyKey {
        let tags = key.boundTags
        guard !tags.isEmpty else { return self }
        var bytes = CanonicalBytes()
        bytes.append(fingerprint)
        bytes.append(tags)
        return IdempotencyKey(key: self.key, fingerprint: Digest.identifier(bytes.bytes))
    }

    /// Of the tags that an API key is bound to alone: what another key sent does not meet it, and each has its own answer.
    public func own(of key: APIKey) -> IdempotencyKey {
        let tags = key.boundTags
        guard !tags.isEmpty else { return self }
        var bytes = CanonicalBytes()
        bytes.append(self.key)
        bytes.append(tags)
        return IdempotencyKey(key: Digest.identifier(bytes.bytes), fingerprint: fingerprint)
    }
}
