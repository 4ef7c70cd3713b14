public import Ledger
internal import Postgres

/// Reads what decisions set off, newest first.
public struct EventReader: Sendable {
    /// $2 envelope, $3 how many, $4/$5 tags that the balance's key must not contradict.
    private static let recentStatement = Statement(
        "event_recent",
        """
        SELECT v.id, v.kind, v.made_at, v.data FROM events v
        WHERE v.org_id = $1 AND v.envelope = $2
          AND \(EventVisibility.condition(names: "$4", values: "$5"))
        ORDER BY v.id DESC LIMIT $3::bigint
        """
    )

    let pool: Pool

    /// The last events of an envelope.
    ///
    /// - Parameter bound: tags of a key; events of other values are not shown to it.
    public func recent(of organisation: Identifier, envelope: String, bound: Tags, limit: Int) async throws -> [StoredEvent] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.text(envelope)
            parameters.int8(Int64(limit))
            parameters.append(bound)
            let rows = try session.execute(Self.recentStatement, parameters)
            return try (0..<rows.count).map { row in
                StoredEvent(
                    id: try rows.uuid(row, 0), kind: try rows.text(row, 1), madeAt: Timestamp(microseconds: try rows.timestamp(row, 2)),
                    data: try rows.json(row, 3))
            }
        }
    }
}
