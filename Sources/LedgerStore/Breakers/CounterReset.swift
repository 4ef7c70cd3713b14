internal import Ledger
internal import Postgres

/// What a lift does to the counters of the circuit breakers of a subject.
enum CounterReset {
    /// Sets the counters of a subject back, in the transaction that lifts its suspension. Locks them, so it comes before the
    /// epoch is raised.
    ///
    /// - Parameter allowSteps: 1 or more; so many steps on trial; nil: as if never tripped.
    static func reset(
        _ subject: Subject, allowSteps: Int64?, of organisation: Identifier, at now: Timestamp, in session: Session
    ) throws {
        let base = CounterIdentity(subject, of: organisation) { Digest.identifier($0) }
        if allowSteps != nil {
            let insert = CounterRows.insert([base], organisation: organisation, at: now)
            _ = try session.execute(insert.statement, insert.parameters)
        }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(base.id)
        parameters.text(subject.kind.rawValue)
        parameters.text(subject.id)
        let rows = try session.execute(CounterStatements.lockSubject, parameters)
        let ids: [Identifier] = try (0..<rows.count).map { try rows.uuid($0, 0) }
        guard !ids.isEmpty else { return }
        let changes = try (0..<rows.count).map { Timestamp(microseconds: try rows.timestamp($0, 1)) }
        var change = Parameters()
        change.uuid(organisation)
        change.uuidArray(ids)
        change.uuid(base.id)
        change.int8(allowSteps)
        change.timestamp(microsecondsSince1970: Counter.momentToReset(changes, at: now).microseconds)
        _ = try session.execute(CounterStatements.reset, change)
    }
}
