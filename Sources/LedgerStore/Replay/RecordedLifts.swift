internal import Ledger
internal import Postgres

/// The ends of suspensions in a replayed period, each given to the first batch that was decided after it.
struct RecordedLifts {
    private var waiting: ArraySlice<(epoch: Int64, lift: RecordedLift)> = []

    init() {}

    /// Those of a period, half-open.
    init(organisation: Identifier, from start: Timestamp, until end: Timestamp, in session: Session) throws {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        parameters.timestamp(microsecondsSince1970: end.microseconds)
        let rows = try session.execute(ReplayStatements.lifts, parameters)
        for row in 0..<rows.count {
            let lift = RecordedLift(
                at: Timestamp(microseconds: try rows.timestamp(row, 1)), subject: try GuardQueries.subject(rows, row, from: 2),
                allowSteps: try rows.int8IfPresent(row, 4))
            waiting.append((try rows.int8(row, 0), lift))
        }
    }

    /// Takes those that a batch knew of which decided by this epoch of the guards. Clocks do not tell which came first.
    mutating func take(upTo epoch: Int64) -> [(epoch: Int64, operation: RecordedOperation)] {
        let taken = waiting.prefix { $0.epoch <= epoch }
        waiting = waiting.dropFirst(taken.count)
        return taken.map { ($0.epoch, .lift($0.lift)) }
    }
}
