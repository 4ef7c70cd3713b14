public import Ledger

/// What an API key may do, or a person whom an identity provider vouches for. The key itself is not kept, only its digest.
public struct APIKey: Hashable, Sendable {
    public enum Role: String, CaseIterable, Sendable {
        case gateway, finance, approver, `operator`, admin

        /// Whether it decides what people are asked.
        public var approves: Bool { self == .approver || self == .admin }
    }

    public let id: Identifier
    public let role: Role
    /// Tags that calls with this key carry: filled in where absent, refused where contradicted.
    public let tags: Tags
    /// The agent that the key belongs to; its calls carry it as `agent_id`.
    public let agentID: String?
    public let name: String?
    /// The most that an approver may grant to one run of an envelope that meters cost, in a window; nil: any amount.
    public let approveUpTo: Money?
    public let createdAt: Timestamp
    public let revokedAt: Timestamp?
    /// The names under which an identity provider knows a person, who is in no list of keys: whoever made this value has checked him.
    /// Empty for keys.
    public let identities: [String]

    public init(
        id: Identifier, role: Role, tags: Tags, agentID: String?, name: String?, approveUpTo: Money? = nil, createdAt: Timestamp,
        revokedAt: Timestamp?, identities: [String] = []
    ) {
        self.id = id
        self.role = role
        self.tags = tags
        self.agentID = agentID
        self.name = name
        self.approveUpTo = approveUpTo
        self.createdAt = createdAt
        self.revokedAt = revokedAt
        self.identities = identities
    }

    public var isPerson: Bool { !identities.isEmpty }

    /// Who this is as a user of calls: the `user_id` that a key is bound to, and all names of a person.
    public var userIDs: [String] { (boundTags["user_id"].map { [$0] } ?? []) + identities }

    /// The tags that every call with this key carries, the agent among them.
    public var boundTags: Tags {
        guard let agentID else { return tags }
        var bound = tags
        bound["agent_id"] = agentID
        return bound
    }

    /// The tags of a call with this key.
    ///
    /// - Returns: nil if the call contradicts a tag that the key is bound to; `contradiction` names it.
    public func complete(_ callTags: Tags) -> Tags? {
        if tags.isEmpty, agentID == nil { return callTags }
        var completed = callTags
        for tag in boundTags.entries {
            if let said = callTags[tag.name], said != tag.value { return nil }
            completed[tag.name] = tag.value
        }
        return completed
    }

    /// The first bound tag that a call contradicts.
    public func contradiction(in callTags: Tags) -> String? {
        boundTags.entries.first { tag in callTags[tag.name].map { $0 != tag.value } ?? false }?.name
    }
}
