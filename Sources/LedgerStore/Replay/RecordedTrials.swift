internal import Ledger
internal import Postgres

/// The route trials of a replayed period: those that were on when it began, and what began or ended in it.
struct RecordedTrials {
    let before: RouteTrials
    private(set) var changes: [EpochQueue.Entry] = []

    /// Those of a period, half-open.
    init(organisation: Identifier, from start: Timestamp, until end: Timestamp, in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        let on = try session.execute(RouteTrialStatements.before, parameters)
        before = RouteTrials(try (0..<on.count).map { try GuardQueries.trial(on, $0) })
        parameters.timestamp(microsecondsSince1970: end.microseconds)
        let rows = try session.execute(RouteTrialStatements.changes, parameters)
        for row in 0..<rows.count {
            let trial = RouteTrial(
                id: try rows.uuid(row, 0), workflow: try rows.text(row, 1), tier: try rows.text(row, 2), reason: try rows.text(row, 3), isKept: false)
            let change = RecordedTrial(at: Timestamp(microseconds: try rows.timestamp(row, 5)), trial: trial, begins: try rows.bool(row, 4))
            changes.append((try rows.int8(row, 6), .trial(change)))
        }
    }
}
