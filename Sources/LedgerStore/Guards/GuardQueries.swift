internal import Ledger
internal import Postgres

/// The SQL of what stops calls by hand or by a plan.
enum GuardQueries {
    private static let freezesStatement = Statement(
        "guard_freezes",
        """
        SELECT f.envelope, f.author, f.reason, f.made_at FROM (
            SELECT DISTINCT ON (z.envelope) z.envelope, z.author, z.reason, z.made_at, z.kind
            FROM envelope_freezes z WHERE z.org_id = $1 ORDER BY z.envelope, z.epoch DESC
        ) f WHERE f.kind = 'freeze'
        """
    )
    private static let suspensionsStatement = Statement(
        "guard_suspensions",
        "SELECT s.id, s.subject_type, s.subject_id, s.rule, s.reason, s.opened_at FROM suspensions s WHERE s.org_id = $1 ORDER BY s.id"
    )
    private static let insertFreezeStatement = Statement(
        "guard_insert_freeze",
        """
        INSERT INTO envelope_freezes (org_id, id, envelope, kind, reason, author, made_at, epoch)
        VALUES ($1, $2, $3, $4, $5, $6, $7::timestamptz, $8::bigint)
        """
    )

    private static let lastFreezeStatement = Statement(
        "guard_last_freeze",
        "SELECT z.kind FROM envelope_freezes z WHERE z.org_id = $1 AND z.envelope = $2 ORDER BY z.epoch DESC LIMIT 1")

    static func isFrozen(_ envelope: String, of organisation: Identifier, in session: Session) throws -> Bool {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.text(envelope)
        let rows = try session.execute(lastFreezeStatement, parameters)
        return rows.count == 1 ? try rows.text(0, 0) == "freeze" : false
    }

    static func current(of organisation: Identifier, in session: Session) throws -> Guards {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let frozen = try session.execute(freezesStatement, parameters)
        let freezes = try (0..<frozen.count).map { row in
            Freeze(
                envelope: try frozen.text(row, 0), author: try frozen.text(row, 1), reason: try frozen.text(row, 2),
                since: Timestamp(microseconds: try frozen.timestamp(row, 3)))
        }
        let open = try session.execute(suspensionsStatement, parameters)
        return Guards(suspensions: try (0..<open.count).map { try suspension(open, $0) }, freezes: freezes)
    }

    static func suspension(_ rows: Rows, _ row: Int) throws -> Suspension {
        let id: Identifier = try rows.uuid(row, 0)
        guard let kind = Subject.Kind(rawValue: try rows.text(row, 1)) else { throw StoreError(.corrupt, "suspension \(id) has an unknown subject") }
        return Suspension(
            id: id, subject: Subject(kind: kind, id: try rows.text(row, 2)), rule: try rows.textIfPresent(row, 3),
            reason: try rows.text(row, 4), openedAt: Timestamp(microseconds: try rows.timestamp(row, 5)))
    }

    static func insert(_ freeze: Freeze, isFrozen: Bool, id: Identifier, epoch: Int64, organisation: Identifier, in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.text(freeze.envelope)
        parameters.text(isFrozen ? "freeze" : "unfreeze")
        parameters.text(freeze.reason)
        parameters.text(freeze.author)
        parameters.timestamp(microsecondsSince1970: freeze.since.microseconds)
        parameters.int8(epoch)
        _ = try session.execute(insertFreezeStatement, parameters)
    }

    private static let raiseEpochStatement = Statement(
        "guard_raise_epoch_returning", "UPDATE org_epochs SET guards = guards + 1 WHERE org_id = $1 RETURNING guards")

    /// Raises the epoch of guards; serialises who changes them.
    static func raiseEpoch(of organisation: Identifier, in session: Session) throws -> Int64 {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let rows = try session.execute(raiseEpochStatement, parameters)
        guard rows.count == 1 else { throw StoreError(.corrupt, "the organisation has no epoch row") }
        return try rows.int8(0, 0)
    }
}
