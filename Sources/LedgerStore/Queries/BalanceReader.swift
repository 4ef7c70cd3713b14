public import Ledger
internal import Postgres

/// Reads balances, and their histories from the facts.
public struct BalanceReader: Sendable {
    private static let columns = """
        b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end, b.limit_amount, b.held, b.spent,
        b.version, b.last_fact, b.adjusted
        """

    /// The balance of a grant that was refused in the end is none.
    /// $2 envelope, $3 after this id, $4 how many, $5 the time whose windows are asked for (NULL: all), $6/$7 tag names and values,
    /// $8/$9 those that must not be contradicted.
    private static let listStatement = Statement(
        "balance_list",
        """
        SELECT \(columns) FROM balances b
        WHERE b.org_id = $1 AND b.envelope = $2 AND ($3::uuid IS NULL OR b.id > $3::uuid) AND (b.rule <> 'grant' OR b.version > 0)
          AND ($5::timestamptz IS NULL
               OR (b.window_start IS NULL OR b.window_start <= $5::timestamptz) AND (b.window_end IS NULL OR b.window_end > $5::timestamptz))
          AND NOT EXISTS (SELECT FROM unnest($6::text[], $7::text[]) AS t(name, value)
                          WHERE b."values"[array_position(b.names, t.name)] IS DISTINCT FROM t.value)
          AND NOT EXISTS (SELECT FROM unnest($8::text[], $9::text[]) AS t(name, value)
                          WHERE b."values"[array_position(b.names, t.name)] <> t.value)
        ORDER BY b.id LIMIT $4::bigint
        """
    )
    private static let findStatement = Statement(
        "balance_find", "SELECT \(columns) FROM balances b WHERE b.org_id = $1 AND b.id = $2")

    let pool: Pool
    let clock: StoreClock

    /// A balance as it stands.
    public struct Standing: Sendable {
        public let view: BalanceView
        public let version: Int64
        public let lastFact: Identifier
    }

    /// The balances of one envelope by id; those of the present windows, or of all.
    ///
    /// - Parameters:
    ///   - policy: a limit that was changed applies to the live balance at once, before the next fact.
    ///   - tags: that the balances have.
    ///   - bound: tags of a key; balances of other values are not shown to it.
    public func list(
        envelope: String, policy: Policy, tags: Tags, bound: Tags = Tags(), allWindows: Bool, after: Identifier?, limit: Int,
        of organisation: Identifier
    ) async throws -> [BalanceView] {
        let now = allWindows ? nil : clock.now()
        return try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.text(envelope)
            parameters.uuid(after)
            parameters.int8(Int64(limit))
            parameters.timestamp(microsecondsSince1970: now?.microseconds)
            parameters.textArray(tags.entries.map(\.name))
            parameters.textArray(tags.entries.map(\.value))
            parameters.append(bound)
            let rows = try session.execute(Self.listStatement, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0, policy: policy).view }
        }
    }

    /// One balance; nil where there is none.
    public func find(_ id: Identifier, policy: Policy, bound: Tags = Tags(), of organisation: Identifier) async throws -> Standing? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            let rows = try session.execute(Self.findStatement, parameters)
            guard rows.count == 1 else { return nil }
            let standing = try Self.decode(rows, 0, policy: policy)
            return standing.view.identity.contradicts(bound) ? nil : standing
        }
    }

    /// Walks the facts of a balance back, newest first.
    ///
    /// - Parameters:
    ///   - version: the version to begin with, and `fact` the fact that made it.
    public func history(
        of balance: Identifier, from version: Int64, fact: Identifier, limit: Int, organisation: Identifier
    ) async throws -> [BalanceFact] {
        try await pool.withSession { session in
            try BalanceFact.walk(balance, from: version, fact: fact, limit: limit, organisation: organisation, in: session)
        }
    }

    private static func decode(_ rows: Rows, _ row: Int, policy: Policy) throws -> Standing {
        let identity = try BalanceIdentityRow.decode(rows, row, from: 0)
        let stored = try rows.int8(row, 8)
        let envelope = policy.envelope(of: identity)
        let adjusted = try rows.int8(row, 13)
        let limit = envelope?.limit(adjusted: adjusted) ?? stored
        let shadow = envelope?.mode == .shadow ? Shadow(envelope: identity.envelope, would: nil) : nil
        return Standing(
            view: BalanceView(
                identity: identity, limit: limit, held: try rows.int8(row, 9), spent: try rows.int8(row, 10), shadow: shadow),
            version: try rows.int8(row, 11), lastFact: try rows.uuid(row, 12))
    }
}
