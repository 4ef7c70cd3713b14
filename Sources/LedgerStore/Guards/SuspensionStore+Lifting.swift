public import Ledger
internal import Postgres

extension SuspensionStore {
    /// Why a transaction is given up.
    private enum Change: Error {
        /// Somebody else lifted the suspension since it was looked at.
        case alreadyLifted
        /// A plan suspended the subject too, whose balance is not locked.
        case suspendedAgain
    }

    /// How often a lift is tried while plans suspend the subject.
    private static let attempts = 8

    /// Lifts a suspension, with every other one of its subject: once this has returned, every replica admits the subject's
    /// calls again. One that is lifted already stays as it is.
    ///
    /// Counters of breakers begin anew. A plan suspends again where its step was not exceeded any more (the limit rose), or once another
    /// `PlanStep.pardonPercent` of the limit is spent: so the next call alone does not undo the lift, and nobody spends on without end.
    ///
    /// - Parameter allowSteps: so many steps before the circuit breakers may trip again at the first sign; nil: as before.
    /// - Returns: the suspension as it stands, and nil where there is none.
    public func lift(
        _ id: Identifier, reason: String, author: String, allowSteps: Int64?, of organisation: Identifier
    ) async throws -> StoredSuspension? {
        let now = clock.now()
        let draft = Draft(id: id, reason: reason, author: author, allowSteps: allowSteps, organisation: organisation, at: now)
        for attempt in 1... {
            do {
                if try await pool.withTransaction({ try Self.lift(draft, in: $0) }) { signal.raise() }
                break
            } catch Change.alreadyLifted {
                break
            } catch Change.suspendedAgain {
                guard attempt < Self.attempts else { throw StoreError(.unavailable, "plans suspend the subject all the time; lift it again") }
            }
        }
        return try await find(id, scope: .everything, of: organisation)
    }

    /// A lift that somebody asks for.
    private struct Draft {
        let id: Identifier
        let reason: String
        let author: String
        let allowSteps: Int64?
        let organisation: Identifier
        let at: Timestamp
    }

    /// - Returns: whether there was something to lift.
    private static func lift(_ draft: Draft, in session: Session) throws -> Bool {
        let organisation = draft.organisation
        guard let known = try find(draft.id, scope: .everything, of: organisation, in: session), known.lift == nil else { return false }
        let subject = known.suspension.subject
        // In the order of batches: balances, counters, the epoch row.
        let balances = try lockBalances(subject, of: organisation, in: session)
        try CounterReset.reset(subject, allowSteps: draft.allowSteps, of: organisation, at: draft.at, in: session)
        let epoch = try GuardQueries.raiseEpoch(of: organisation, in: session)
        let ids = try deleteOpen(subject, of: organisation, in: session)
        guard ids.contains(draft.id) else { throw Change.alreadyLifted }
        try pardon(balances, of: ids, draft, in: session)
        try insert(ids, draft, epoch: epoch, in: session)
        try tell(ids, subject, reason: "\(draft.reason) (\(draft.author))", of: organisation, at: draft.at, in: session)
        return true
    }

    private static func lockBalances(_ subject: Subject, of organisation: Identifier, in session: Session) throws -> [Identifier] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        append(subject, to: &parameters)
        let rows = try session.execute(SuspensionStatements.lockBalances, parameters)
        return try (0..<rows.count).map { try rows.uuid($0, 0) }
    }

    /// Arms the plans of the balances that opened the suspensions.
    private static func pardon(_ balances: [Identifier], of suspensions: [Identifier], _ draft: Draft, in session: Session) throws {
        var lifted = Parameters()
        lifted.uuid(draft.organisation)
        lifted.uuidArray(suspensions)
        lifted.uuidArray(balances)
        guard try !session.execute(SuspensionStatements.hasOtherBalance, lifted).bool(0, 0) else { throw Change.suspendedAgain }
        guard !balances.isEmpty else { return }
        var parameters = Parameters()
        parameters.uuid(draft.organisation)
        parameters.uuidArray(balances)
        parameters.timestamp(microsecondsSince1970: draft.at.microseconds)
        _ = try session.execute(SuspensionStatements.pardon, parameters)
    }

    private static func deleteOpen(_ subject: Subject, of organisation: Identifier, in session: Session) throws -> [Identifier] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        append(subject, to: &parameters)
        let rows = try session.execute(SuspensionStatements.deleteOpen, parameters)
        return try (0..<rows.count).map { row -> Identifier in try rows.uuid(row, 0) }.sorted()
    }

    private static func insert(_ ids: [Identifier], _ draft: Draft, epoch: Int64, in session: Session) throws {
        var lifts = Parameters()
        lifts.uuid(draft.organisation)
        lifts.uuidArray(ids)
        lifts.text(draft.reason)
        lifts.text(draft.author)
        lifts.timestamp(microsecondsSince1970: draft.at.microseconds)
        lifts.int8(draft.allowSteps)
        lifts.int8(epoch)
        var sweeps = Parameters()
        sweeps.uuid(draft.organisation)
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
            _ = try session.pipeline([columns.insertOutbox(organisation: organisation, at: DatabaseClock.moment(in: session))])
        }
    }
}
