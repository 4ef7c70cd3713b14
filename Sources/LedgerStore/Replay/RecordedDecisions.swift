internal import Ledger
internal import Postgres

/// What people decided about the runs of an organisation, as a replay needs it.
struct RecordedDecisions {
    /// Those whose end is still to come at $3, or is booked later than that, as it is where nothing touched the balance before.
    private static let grantsStatement = Statement(
        "replay_grants",
        """
        SELECT a.id, a.balance_id, a.amount, a.expires_at, a.source, a.reason, a.author FROM adjustments a
        WHERE a.org_id = $1 AND a.kind = 'grant' AND a.id < $2 AND (
            a.expires_at > $3::timestamptz
            OR EXISTS (SELECT FROM adjustments x WHERE x.org_id = $1 AND x.id >= $2 AND x.kind = 'expiry' AND x.source = a.id)
            OR EXISTS (SELECT FROM expiring_adjustments x WHERE x.org_id = $1 AND x.balance_id = a.balance_id AND x.adjustment_id = a.id))
        ORDER BY a.id
        """
    )
    private static let rejectionsStatement = Statement(
        "replay_standing_rejections",
        """
        SELECT d.approval_id, d.scope, d.decided_at FROM approval_decisions d JOIN approvals a ON a.org_id = d.org_id AND a.id = d.approval_id
        WHERE d.org_id = $1 AND a.org_id = $1 AND d.state = 'rejected' AND d.decided_at < $2::timestamptz
          AND (a.window_end IS NULL OR a.window_end > $2::timestamptz)
        """
    )

    let organisation: Identifier

    /// Grants from before a moment whose end was not booked by then.
    func grants(before start: Timestamp, in session: Session) throws -> [RecordedAdjustment] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(Identifier.version7(at: start, sequence: 0, random: 0))
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        let rows = try session.execute(Self.grantsStatement, parameters)
        return try (0..<rows.count).map { row in
            let id: Identifier = try rows.uuid(row, 0)
            let grant = Adjustment(
                kind: .grant, amount: try rows.int8(row, 2), expiresAt: Timestamp(microseconds: try rows.timestamp(row, 3)),
                source: try rows.uuidIfPresent(row, 4), reason: try rows.text(row, 5), author: try rows.text(row, 6))
            return RecordedAdjustment(id: id, at: id.time, balance: try rows.uuid(row, 1), adjustment: grant)
        }
    }

    /// Rejections from before a moment, of windows that had not ended by then.
    func rejections(before start: Timestamp, in session: Session) throws -> [RecordedRejection] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        let rows = try session.execute(Self.rejectionsStatement, parameters)
        return try (0..<rows.count).map { row in
            RecordedRejection(
                at: Timestamp(microseconds: try rows.timestamp(row, 2)), scope: try rows.uuid(row, 1), approval: try rows.uuid(row, 0))
        }
    }
}
