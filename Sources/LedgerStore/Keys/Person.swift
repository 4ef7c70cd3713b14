public import Ledger

/// A person whom an identity provider vouches for, and what he may do here.
public struct Person: Hashable, Sendable {
    /// The same for ever: made from who vouches and whom he means.
    public let id: Identifier
    /// What the history calls him.
    public let name: String
    /// All names under which the provider knows him, that one among them.
    public let identities: [String]
    public let role: APIKey.Role
    /// Tags that bound what he sees and does, as those of a key do.
    public let tags: Tags
    /// The most that he may grant to one run; nil: any amount.
    public let approveUpTo: Money?

    public init(id: Identifier, name: String, identities: [String], role: APIKey.Role, tags: Tags, approveUpTo: Money?) {
        self.id = id
        self.name = name
        self.identities = identities
        self.role = role
        self.tags = tags
        self.approveUpTo = approveUpTo
    }

    /// The id of who is `subject` to `issuer`.
    public static func id(issuer: String, subject: String) -> Identifier {
        var bytes = CanonicalBytes()
        bytes.append("person")
        bytes.append(issuer)
        bytes.append(subject)
        return Digest.identifier(bytes.bytes)
    }

    /// What he may do, for code that asks for rights.
    public var rights: APIKey {
        APIKey(
            id: id, role: role, tags: tags, agentID: nil, name: name, approveUpTo: approveUpTo, createdAt: Timestamp(microseconds: 0),
            revokedAt: nil, identities: identities)
    }
}
