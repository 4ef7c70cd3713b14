public import Ledger
internal import Postgres

/// The versions of an organisation's policy.
public struct PolicyStore: Sendable {
    let pool: Pool
    let clock: StoreClock

    /// Adds a version, which binds every call that begins after this returned.
    ///
    /// - Throws: `PolicyError` with everything that is wrong with the source; nothing is stored then.
    public func apply(_ source: String, author: String, message: String, organisation: Identifier) async throws -> Int64 {
        _ = try PolicyYAML.read(source, version: 0)
        let checksum = Digest.hex(Digest.sha256(Array(source.utf8)))
        let now = clock.now()
        return try await pool.withTransaction { session in
            try PolicyQueries.append(
                source: source, checksum: checksum, author: author, message: message, at: now, organisation: organisation, in: session)
        }
    }

    /// Adds a version unless the current one has the same source. Nil: it has.
    public func applyIfChanged(_ source: String, author: String, message: String, organisation: Identifier) async throws -> Int64? {
        let checksum = Digest.hex(Digest.sha256(Array(source.utf8)))
        if try await current(of: organisation)?.checksum == checksum { return nil }
        return try await apply(source, author: author, message: message, organisation: organisation)
    }

    /// Nil if the organisation never had a policy.
    public func current(of organisation: Identifier) async throws -> PolicyVersion? {
        try await pool.withSession { try PolicyQueries.currentVersion(of: organisation, in: $0) }
    }

    public func find(_ version: Int64, of organisation: Identifier) async throws -> PolicyVersion? {
        try await pool.withSession { try PolicyQueries.find(version, of: organisation, in: $0) }
    }

    /// Newest first, without the sources.
    public func list(of organisation: Identifier, before: Int64?, limit: Int) async throws -> [PolicyVersion] {
        try await pool.withSession { try PolicyQueries.list(of: organisation, before: before, limit: limit, in: $0) }
    }
}
