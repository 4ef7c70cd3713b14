public import Ledger
internal import Postgres

/// Reads what decisions set off, newest first.
public struct EventReader: Sendable {
    /// $2 kinds, $3 envelope, $4 before this id, $5 how many.
    private static let listStatement = Statement(
        "event_list",
        """
        SELECT v.id, v.kind, v.made_at, v.data FROM events v
        WHERE v.org_id = $1 AND v.kind = ANY($2::text[]) AND ($3::text IS NULL OR v.envelope = $3::text)
          AND ($4::uuid IS NULL OR v.id < $4::uuid)
        ORDER BY v.id DESC LIMIT $5::bigint
        """
    )

    let pool: Pool

    /// - Parameters:
    ///   - envelope: nil: of all envelopes.
    ///   - before: older than this event.
    public func list(
        of organisation: Identifier, kinds: [Event.Kind], envelope: String?, before: Identifier?, limit: Int
    ) async throws -> [StoredEvent] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.textArray(kinds.map(\.rawValue))
            parameters.text(envelope)
            parameters.uuid(before)
            parameters.int8(Int64(limit))
            let rows = try session.execute(Self.listStatement, parameters)
            return try (0..<rows.count).map { row in
                StoredEvent(
                    id: try rows.uuid(row, 0), kind: try rows.text(row, 1), madeAt: Timestamp(microseconds: try rows.timestamp(row, 2)),
                    data: try rows.json(row, 3))
            }
        }
    }
}
