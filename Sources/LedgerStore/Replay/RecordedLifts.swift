internal import Ledger
internal import Postgres

/// The ends of suspensions in a replayed period.
enum RecordedLifts {
    /// Those of a period, half-open.
    static func read(
        _ organisation: Identifier, from start: Timestamp, until end: Timestamp, in session: Session
    ) throws -> [EpochQueue.Entry] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        parameters.timestamp(microsecondsSince1970: end.microseconds)
        let rows = try session.execute(ReplayStatements.lifts, parameters)
        return try (0..<rows.count).map { row in
            let lift = RecordedLift(
                at: Timestamp(microseconds: try rows.timestamp(row, 1)), subject: try GuardQueries.subject(rows, row, from: 2),
                allowSteps: try rows.int8IfPresent(row, 4))
            return (try rows.int8(row, 0), .lift(lift))
        }
    }
}
