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
    /// What was opened after the epoch $2 and is open.
    private static let openedStatement = Statement(
        "guard_opened",
        """
        SELECT s.id, s.subject_type, s.subject_id, s.rule, s.reason, s.opened_at
        FROM open_suspensions o JOIN suspensions s ON s.org_id = $1 AND s.id = o.suspension_id
        WHERE o.org_id = $1 AND o.epoch > $2::bigint ORDER BY s.id
        """
    )
    /// Whom a lift after the epoch $2 let go.
    private static let liftedStatement = Statement(
        "guard_lifted",
        """
        SELECT DISTINCT s.subject_type, s.subject_id
        FROM suspension_lifts l JOIN suspensions s ON s.org_id = $1 AND s.id = l.suspension_id
        WHERE l.org_id = $1 AND l.epoch > $2::bigint
        """
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

    /// The guards as they are now, read as far as they differ from those of an earlier epoch.
    ///
    /// - Parameters:
    ///   - known: the guards at the epoch `since`, or a little after it; whatever of what changed since is in there already is read once more.
    ///   - since: -1: nothing is known.
    static func current(of organisation: Identifier, known: Guards, since epoch: Int64, in session: Session) throws -> Guards {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let frozen = try session.execute(freezesStatement, parameters)
        let freezes = try (0..<frozen.count).map { row in
            Freeze(
                envelope: try frozen.text(row, 0), author: try frozen.text(row, 1), reason: try frozen.text(row, 2),
                since: Timestamp(microseconds: try frozen.timestamp(row, 3)))
        }
        parameters.int8(epoch)
        var guards = known
        guards.replace(freezes: freezes)
        var own = Parameters()
        own.uuid(organisation)
        let trials = try session.execute(RouteTrialStatements.open, own)
        guards.routeTrials = RouteTrials(try (0..<trials.count).map { try trial(trials, $0) })
        // Before the openings: who was lifted and suspended again meanwhile is suspended.
        if epoch >= 0 {
            let lifted = try session.execute(liftedStatement, parameters)
            for row in 0..<lifted.count { guards.lift(try subject(lifted, row, from: 0)) }
        }
        let opened = try session.execute(openedStatement, parameters)
        for row in 0..<opened.count { guards.add(try suspension(opened, row)) }
        return guards
    }

    /// From the columns `id, workflow_name, tier, reason` and whether it is kept.
    static func trial(_ rows: Rows, _ row: Int) throws -> RouteTrial {
        RouteTrial(
            id: try rows.uuid(row, 0), workflow: try rows.text(row, 1), tier: try rows.text(row, 2), reason: try rows.text(row, 3),
            isKept: try rows.bool(row, 4))
    }

    static func subject(_ rows: Rows, _ row: Int, from column: Int) throws -> Subject {
        guard let kind = Subject.Kind(rawValue: try rows.text(row, column)) else { throw StoreError(.corrupt, "a suspension has an unknown subject") }
        return Subject(kind: kind, id: try rows.text(row, column + 1))
    }

    /// From the columns `id, subject_type, subject_id, rule, reason, opened_at`.
    static func suspension(_ rows: Rows, _ row: Int) throws -> Suspension {
        Suspension(
            id: try rows.uuid(row, 0), subject: try subject(rows, row, from: 1), rule: try rows.textIfPresent(row, 3),
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
