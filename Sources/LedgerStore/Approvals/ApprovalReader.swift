public import Ledger
internal import Postgres

/// Reads what people are asked.
public struct ApprovalReader: Sendable {
    private static let columns = """
        a.id, 'pending', a.envelope, a.meter, a.names, a."values", a.run_id, a.requested, a.model, a.tool, a.tags, a.reason, a.requested_at
        """
    private static let findStatement = Statement(
        "approval_find", "SELECT \(columns) FROM approvals a WHERE a.org_id = $1 AND a.id = $2 AND a.tags @> $3::jsonb")
    private static let listStatement = Statement(
        "approval_list",
        """
        SELECT \(columns) FROM approvals a WHERE a.org_id = $1 AND a.id < $2 AND a.tags @> $4::jsonb ORDER BY a.id DESC LIMIT $3::bigint
        """
    )

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
    public func list(of organisation: Identifier, bound: Tags, before: Identifier?, limit: Int) async throws -> [StoredApproval] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(before ?? .last)
            parameters.int8(Int64(limit))
            parameters.json(TagsJSON.encode(bound))
            let rows = try session.execute(Self.listStatement, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0) }
        }
    }

    private static func decode(_ rows: Rows, _ row: Int) throws -> StoredApproval {
        let id: Identifier = try rows.uuid(row, 0)
        guard let meter = Meter(rawValue: try rows.text(row, 3)) else { throw StoreError(.corrupt, "approval \(id) has an unknown meter") }
        return StoredApproval(
            id: id, state: try rows.text(row, 1), envelope: try rows.text(row, 2), meter: meter, names: try rows.textArray(row, 4),
            values: try rows.textArray(row, 5), runID: try rows.textIfPresent(row, 6), requested: try rows.int8(row, 7),
            model: try rows.textIfPresent(row, 8), tool: try rows.textIfPresent(row, 9), tags: try TagsJSON.decode(try rows.json(row, 10)),
            reason: try rows.text(row, 11), requestedAt: Timestamp(microseconds: try rows.timestamp(row, 12)))
    }
}
