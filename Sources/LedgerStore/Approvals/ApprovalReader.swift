public import Ledger
internal import Postgres

/// Reads what people are asked, and what they said.
public struct ApprovalReader: Sendable {
    private static let columns = """
        a.id, a.scope, a.envelope, a.balance_id, a.meter, a.names, a."values", a.window_start, a.window_end, a.tags, a.key_id, a.requested,
        a.expires_at, a.model, a.tool, a.reason, a.requested_at, d.state, d.amount, d.grant_ends_at, d.reason, d.decided_at, d.decided_by
        """
    private static let tables =
        "approvals a LEFT JOIN approval_decisions d ON d.org_id = a.org_id AND d.org_id = $1 AND d.approval_id = a.id"
    private static let findStatement = Statement(
        "approval_find", "SELECT \(columns) FROM \(tables) WHERE a.org_id = $1 AND a.id = $2 AND a.tags @> $3::jsonb")
    /// $2 before this id, $3 how many, $4 tags, $5 envelope, $6 run; NULL: any.
    private static let conditions = """
        a.org_id = $1 AND a.id < $2 AND a.tags @> $4::jsonb
          AND ($5::text IS NULL OR a.envelope = $5::text) AND ($6::text IS NULL OR a.run_id = $6::text)
        """
    private static let listStatement = Statement(
        "approval_list", "SELECT \(columns) FROM \(tables) WHERE \(conditions) ORDER BY a.id DESC LIMIT $3::bigint")
    /// What is pending is a short list of its own, however long the history is.
    private static let pendingStatement = Statement(
        "approval_list_pending",
        """
        SELECT \(columns) FROM approval_gates g JOIN approvals a ON a.org_id = g.org_id AND a.id = g.approval_id
        LEFT JOIN approval_decisions d ON d.org_id = a.org_id AND d.org_id = $1 AND d.approval_id = a.id
        WHERE g.org_id = $1 AND g.state = 'pending' AND d.state IS NULL AND \(conditions) ORDER BY a.id DESC LIMIT $3::bigint
        """
    )
    /// $7 how they ended.
    private static let endedStatement = Statement(
        "approval_list_ended",
        """
        SELECT \(columns) FROM approval_decisions d JOIN approvals a ON a.org_id = d.org_id AND a.id = d.approval_id
        WHERE d.org_id = $1 AND d.state = $7::text AND d.approval_id < $2 AND \(conditions) ORDER BY d.approval_id DESC LIMIT $3::bigint
        """
    )

    /// Which questions to list; nil: any.
    public struct Filter: Sendable {
        public var state: StoredApproval.State?
        public var envelope: String?
        public var runID: String?

        public init(state: StoredApproval.State? = nil, envelope: String? = nil, runID: String? = nil) {
            self.state = state
            self.envelope = envelope
            self.runID = runID
        }
    }

    let pool: Pool

    /// Nil where there is none of a call that carries these tags.
    public func find(_ id: Identifier, bound: Tags, of organisation: Identifier) async throws -> StoredApproval? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            parameters.json(TagsJSON.encode(bound))
            let rows = try session.execute(Self.findStatement, parameters)
            return rows.count == 1 ? try Self.decode(rows, 0) : nil
        }
    }

    /// Those of calls that carry these tags, newest first, older than one of them.
    public func list(
        of organisation: Identifier, filter: Filter = Filter(), bound: Tags, before: Identifier?, limit: Int
    ) async throws -> [StoredApproval] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(before ?? .last)
            parameters.int8(Int64(limit))
            parameters.json(TagsJSON.encode(bound))
            parameters.text(filter.envelope)
            parameters.text(filter.runID)
            let statement: Statement
            switch filter.state {
            case nil: statement = Self.listStatement
            case .pending: statement = Self.pendingStatement
            case .approved, .rejected, .expired:
                statement = Self.endedStatement
                parameters.text(filter.state?.rawValue)
            }
            let rows = try session.execute(statement, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0) }
        }
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> StoredApproval {
        let decision = try decision(rows, row)
        return StoredApproval(
            question: try question(rows, row), state: try state(rows, row), model: try rows.textIfPresent(row, 13),
            tool: try rows.textIfPresent(row, 14), reason: try rows.text(row, 15),
            requestedAt: Timestamp(microseconds: try rows.timestamp(row, 16)), decision: decision)
    }

    private static func question(_ rows: Rows, _ row: Int) throws -> ApprovalQuestion {
        let id: Identifier = try rows.uuid(row, 0)
        guard let meter = Meter(rawValue: try rows.text(row, 4)) else { throw StoreError(.corrupt, "approval \(id) has an unknown meter") }
        return ApprovalQuestion(
            id: id, scope: try rows.uuid(row, 1), envelope: try rows.text(row, 2), balance: try rows.uuid(row, 3), meter: meter,
            names: try rows.textArray(row, 5), values: try rows.textArray(row, 6),
            window: Window(
                start: try rows.timestampIfPresent(row, 7).map { Timestamp(microseconds: $0) },
                end: try rows.timestampIfPresent(row, 8).map { Timestamp(microseconds: $0) }),
            tags: try TagsJSON.decode(try rows.json(row, 9)), key: try rows.uuid(row, 10), requested: try rows.int8(row, 11),
            expiresAt: Timestamp(microseconds: try rows.timestamp(row, 12)))
    }

    private static func state(_ rows: Rows, _ row: Int) throws -> StoredApproval.State {
        guard let text = try rows.textIfPresent(row, 17) else { return .pending }
        guard let state = StoredApproval.State(rawValue: text) else { throw StoreError(.corrupt, "an approval ended in an unknown way") }
        return state
    }

    private static func decision(_ rows: Rows, _ row: Int) throws -> StoredApproval.Decision? {
        guard let at = try rows.timestampIfPresent(row, 21) else { return nil }
        return StoredApproval.Decision(
            amount: try rows.int8IfPresent(row, 18), grantEndsAt: try rows.timestampIfPresent(row, 19).map { Timestamp(microseconds: $0) },
            reason: try rows.text(row, 20), at: Timestamp(microseconds: at), author: try rows.text(row, 22))
    }
}
