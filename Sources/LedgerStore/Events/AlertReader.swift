public import Ledger
internal import Postgres

/// Reads what owners are told, newest first.
public struct AlertReader: Sendable {
    /// $2 envelope, $3 before this id, $4 how many, $5/$6 tags that the balance's key must not contradict.
    private static let listStatement = Statement(
        "alert_list",
        """
        SELECT v.id, v.envelope, v.balance_id, v.data -> 'key', v.made_at, (v.data ->> 'at')::bigint, v.data ->> 'owner',
               v.data ->> 'playbook', v.data ->> 'reason'
        FROM events v
        WHERE v.org_id = $1 AND v.kind = 'alert' AND ($2::text IS NULL OR v.envelope = $2::text) AND v.id < $3
          AND NOT EXISTS (SELECT FROM unnest($5::text[], $6::text[]) AS t(name, value) WHERE v.data -> 'key' ->> t.name <> t.value)
        ORDER BY v.id DESC LIMIT $4::bigint
        """
    )

    let pool: Pool

    /// - Parameters:
    ///   - envelope: nil: of all envelopes.
    ///   - before: older than this alert.
    ///   - bound: tags of a key; alerts of other values are not shown to it.
    public func list(of organisation: Identifier, envelope: String?, bound: Tags = Tags(), before: Identifier?, limit: Int) async throws
        -> [StoredAlert]
    {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.text(envelope)
            parameters.uuid(before ?? .last)
            parameters.int8(Int64(limit))
            parameters.append(bound)
            let rows = try session.execute(Self.listStatement, parameters)
            return try (0..<rows.count).map { row in
                StoredAlert(
                    id: try rows.uuid(row, 0), envelope: try rows.text(row, 1), balance: try rows.uuidIfPresent(row, 2),
                    key: try rows.jsonIfPresent(row, 3) ?? Array("{}".utf8), at: Timestamp(microseconds: try rows.timestamp(row, 4)),
                    percent: try rows.int8IfPresent(row, 5), owner: try rows.textIfPresent(row, 6), playbook: try rows.textIfPresent(row, 7),
                    message: try rows.text(row, 8))
            }
        }
    }
}
