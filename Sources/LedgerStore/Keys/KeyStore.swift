public import Ledger
internal import Postgres

/// API keys: making, listing and revoking them.
public struct KeyStore: Sendable {
    public enum Revocation: Sendable {
        case revoked, notFound
        /// Without this key nobody could administer the whole organisation.
        case lastAdmin
    }

    let pool: Pool
    let clock: StoreClock

    /// Makes a key. Its text is returned this once and not kept.
    public func create(
        role: APIKey.Role, tags: Tags, agentID: String?, name: String?, approveUpTo: Money? = nil, organisation: Organisation
    ) async throws -> (key: APIKey, text: String) {
        let text = KeyText.generate(organisation: organisation.name)
        let now = clock.now()
        let key = APIKey(
            id: .fresh(at: now), role: role, tags: tags, agentID: agentID, name: name, approveUpTo: approveUpTo, createdAt: now, revokedAt: nil)
        try await insert(key, digest: Digest.sha256(Array(text.utf8)), organisation: organisation.id)
        return (key, text)
    }

    /// Makes sure that a chosen text is an active admin key of the organisation.
    ///
    /// - Returns: false if it was revoked before, which stays so.
    public func ensureAdmin(_ text: KeyText, organisation: Organisation) async throws -> Bool {
        let digest = text.digest
        if let known = try await pool.withSession({ try KeyQueries.find(digest: digest, of: organisation.id, in: $0) }) {
            return known.revokedAt == nil && known.role == .admin
        }
        let now = clock.now()
        let key = APIKey(
            id: .fresh(at: now), role: .admin, tags: Tags(), agentID: nil, name: "set at start", createdAt: now, revokedAt: nil)
        do {
            try await insert(key, digest: digest, organisation: organisation.id)
            return true
        } catch let error as PostgresError where error.sqlState == .uniqueViolation {
            // Another replica that starts with the same key was first.
            return try await ensureAdmin(text, organisation: organisation)
        }
    }

    private func insert(_ key: APIKey, digest: [UInt8], organisation: Identifier) async throws {
        try await pool.withTransaction { session in
            let epoch = try KeyQueries.raiseEpoch(of: organisation, in: session)
            try KeyQueries.insert(key, digest: digest, epoch: epoch, organisation: organisation, in: session)
        }
    }

    /// Those that are bound to these tags, newest first, revoked ones among them.
    public func list(of organisation: Identifier, bound: Tags = Tags(), after: Identifier?, limit: Int) async throws -> [APIKey] {
        try await pool.withSession { try KeyQueries.list(of: organisation, bound: bound, after: after, limit: limit, in: $0) }
    }

    public func find(_ id: Identifier, of organisation: Identifier) async throws -> APIKey? {
        try await pool.withSession { try KeyQueries.find(id, of: organisation, in: $0) }
    }

    /// Revokes a key; binds before the next decision of any replica. Revoking it again changes nothing.
    public func revoke(_ id: Identifier, of organisation: Identifier) async throws -> Revocation {
        let now = clock.now()
        return try await pool.withTransaction { session in
            // The epoch row is locked first, so that two admins cannot revoke each other's last key at once.
            let epoch = try KeyQueries.raiseEpoch(of: organisation, in: session)
            guard let key = try KeyQueries.find(id, of: organisation, in: session) else { return .notFound }
            if key.role == .admin, key.revokedAt == nil, key.boundTags.isEmpty, key.approveUpTo == nil,
                try KeyQueries.otherAdmins(than: id, organisation: organisation, in: session) == 0
            {
                return .lastAdmin
            }
            try KeyQueries.revoke(id, at: now, epoch: epoch, organisation: organisation, in: session)
            return .revoked
        }
    }
}
