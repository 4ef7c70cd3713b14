public import Ledger
internal import Postgres

/// Organisations: making, finding, closing them, and what their calls are decided by.
public struct OrganisationStore: Sendable {
    /// How many organisations one page of all has.
    private static let pageSize = 200

    let pool: Pool
    let directory: OrganisationDirectory
    let clock: StoreClock

    /// What is known of an organisation without asking the database; good enough to prepare an operation, which its
    /// batch checks. Nil where it was never asked for.
    public func known(_ name: String) -> OrganisationState? {
        directory.cached(.organisation(named: name))
    }

    /// What an organisation's calls are decided by now, compared with the database. Nil where there is none.
    public func current(_ name: String) async throws -> OrganisationState? {
        try await pool.withSession { session in
            // Another replica may have advanced it; what this request changes must not look older than that.
            if clock.mode == .test { clock.observe(try TestClock.latest(in: session)) }
            return try directory.refresh(.organisation(named: name), in: session)
        }
    }

    public func find(_ name: String) async throws -> Organisation? {
        try await pool.withSession { try OrganisationQueries.find(.organisation(named: name), in: $0)?.0 }
    }

    public func list(after: Identifier?, limit: Int) async throws -> [Organisation] {
        try await pool.withSession { try OrganisationQueries.list(after: after ?? .none, limit: limit, in: $0) }
    }

    /// Every organisation, closed ones too.
    public func all() async throws -> [Organisation] {
        var all: [Organisation] = []
        while true {
            let page = try await list(after: all.last?.id, limit: Self.pageSize)
            all += page
            if page.count < Self.pageSize { return all }
        }
    }

    /// Makes an organisation together with its first admin key.
    ///
    /// - Parameter adminKey: the text of the key; only its digest is kept.
    /// - Returns: nil if there is one of this name.
    public func create(name: String, currency: String, adminKey: KeyText) async throws -> Organisation? {
        let now = clock.now()
        let organisation = Organisation(
            id: .organisation(named: name), name: name, currency: currency, state: .active, createdAt: now)
        let key = APIKey(
            id: .fresh(at: now), role: .admin, tags: Tags(), agentID: nil, name: "first admin", createdAt: now, revokedAt: nil)
        return try await pool.withTransaction { session in
            guard try OrganisationQueries.insert(organisation, in: session) else { return nil }
            let epoch = try KeyQueries.raiseEpoch(of: organisation.id, in: session)
            try KeyQueries.insert(key, digest: adminKey.digest, epoch: epoch, organisation: organisation.id, in: session)
            return organisation
        }
    }

    /// Closes or opens an organisation; binds before the next decision of any replica. False if there is none.
    public func setState(_ state: Organisation.State, of name: String) async throws -> Bool {
        try await pool.withTransaction { try OrganisationQueries.setState(state, of: .organisation(named: name), in: $0) }
    }
}
