public import Ledger
internal import Postgres

extension SuspensionStore {
    /// Somebody else lifted it since it was looked at; what was done in the transaction is given up.
    private struct AlreadyLifted: Error {}

    /// Lifts a suspension, with every other one of its subject: once this has returned, every replica admits the subject's
    /// calls again. One that is lifted already stays as it is.
    ///
    /// - Parameter allowSteps: so many steps before the circuit breakers may trip again at the first sign; nil: as before.
    /// - Returns: the suspension as it stands, and nil where there is none.
    public func lift(
        _ id: Identifier, reason: String, author: String, allowSteps: Int64?, of organisation: Identifier
    ) async throws -> StoredSuspension? {
        let now = clock.now()
        do {
            let isLifted = try await pool.withTransaction { session in
                guard let known = try Self.find(id, scope: .everything, of: organisation, in: session), known.lift == nil else { return false }
                let subject = known.suspension.subject
                // Locks counters, which batches lock before the epoch row.
                try CounterReset.reset(subject, allowSteps: allowSteps, of: organisation, at: now, in: session)
                let epoch = try GuardQueries.raiseEpoch(of: organisation, in: session)
                let ids = try Self.deleteOpen(subject, of: organisation, in: session)
                guard ids.contains(id) else { throw AlreadyLifted() }
                try Self.insert(ids, reason: reason, author: author, allowSteps: allowSteps, epoch: epoch, of: organisation, at: now, in: session)
                try Self.tell(ids, subject, reason: "\(reason) (\(author))", of: organisation, at: now, in: session)
                return true
            }
            if isLifted { signal.raise() }
        } catch is AlreadyLifted {}
        return try await find(id, scope: .everything, of: organisation)
    }

    private static func deleteOpen(_ subject: Subject, of organisation: Identifier, in session: Session) throws -> [Identifier] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        append(subject, to: &parameters)
        let rows = try session.execute(SuspensionStatements.deleteOpen, parameters)
        return try (0..<rows.count).map { row -> Identifier in try rows.uuid(row, 0) }.sorted()
    }

    private static func insert(
        _ ids: [Identifier], reason: String, author: String, allowSteps: Int64?, epoch: Int64, of organisation: Identifier, at now: Timestamp,
        in session: Session
    ) throws {
        var lifts = Parameters()
        lifts.uuid(organisation)
        lifts.uuidArray(ids)
        lifts.text(reason)
        lifts.text(author)
        lifts.timestamp(microsecondsSince1970: now.microseconds)
        lifts.int8(allowSteps)
        lifts.int8(epoch)
        var sweeps = Parameters()
        sweeps.uuid(organisation)
        sweeps.uuidArray(ids)
        _ = try session.pipeline([
            PipelineStep(SuspensionStatements.insertLifts, lifts), PipelineStep(SuspensionStatements.endSweeps, sweeps),
        ])
    }

    /// One event for each suspension that ends, so that whatever its opening began is over.
    private static func tell(
        _ ids: [Identifier], _ subject: Subject, reason: String, of organisation: Identifier, at now: Timestamp, in session: Session
    ) throws {
        for id in ids {
            let event = Identifier.fresh(at: now)
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.uuid(event)
            parameters.text(id.description)
            parameters.text(reason)
            // Ids of one transaction have their time in common.
            parameters.uuid(Identifier(high: id.high, low: 0))
            parameters.uuid(Identifier(high: id.high, low: .max))
            let isTold = try session.execute(SuspensionStatements.insertLiftedEvent, parameters).affected == 1
            var columns = EventColumns()
            columns.append(Event(.suspensionLifted, envelope: "", subject: subject, related: id, reason: reason), id: event)
            if !isTold { _ = try session.pipeline([columns.insert(organisation: organisation, at: now)]) }
            _ = try session.pipeline([columns.insertOutbox(organisation: organisation, at: now)])
        }
    }
}
