internal import Ledger
internal import Postgres

/// What a batch writes in its second round trip: facts, balances, work lists, and the row that names the batch.
struct BatchWrites {
    typealias Step = (step: PipelineStep, rows: Int?)

    var reservations = ReservationColumns()
    var settlements = SettlementColumns()
    var refusals = RefusalColumns()
    var adjustments = AdjustmentColumns()
    var approvals = ApprovalColumns()
    var decisions = DecisionColumns()
    var suspensions = SuspensionColumns()
    var events = EventColumns()
    var routes = RouteColumns()
    var ended: [Identifier] = []
    var extended: [(id: Identifier, until: Timestamp)] = []
    var keys: [(key: IdempotencyKey, fact: Identifier)] = []
    var order = BatchOrder()
    /// The epoch of the guards by which the batch decides.
    var guards: Int64 = 0

    var isEmpty: Bool {
        reservations.ids.isEmpty && settlements.reservations.isEmpty && refusals.isEmpty && extended.isEmpty && adjustments.ids.isEmpty
            && approvals.rows.isEmpty && decisions.rows.isEmpty && events.ids.isEmpty
    }

    /// Keeps events, and what they switch.
    mutating func append(_ event: Event, id: Identifier) {
        events.append(event, id: id)
        routes.note(event)
    }

    /// The steps with the number of rows that each must touch; `nil`: any. COMMIT is the last of them.
    ///
    /// - Parameter moment: `now` by the database's own clock.
    func steps(
        organisation: Identifier, batch: Identifier, at now: Timestamp, moment: Timestamp, policyVersion: Int64, book: Book,
        counters: CounterBook = CounterBook()
    ) -> [Step] {
        var steps = balanceSteps(organisation: organisation, at: now, book: book)
        if let step = CounterRows.update(counters, organisation: organisation) { steps.append(step) }
        steps += factSteps(organisation: organisation, at: now, policyVersion: policyVersion)
        if !ended.isEmpty { steps.append((deleteOpen(organisation: organisation), ended.count)) }
        if !extended.isEmpty { steps.append((extendOpen(organisation: organisation), Set(extended.map(\.id)).count)) }
        if !keys.isEmpty { steps.append((insertKeys(organisation: organisation, at: now), keys.count)) }
        if !events.ids.isEmpty {
            steps.append((events.insert(organisation: organisation, at: now), events.ids.count))
            steps.append((events.insertOutbox(organisation: organisation, at: moment), events.ids.count))
            steps += routes.steps(organisation: organisation, at: now).map { ($0, nil) }
        }
        steps += suspensions.steps(organisation: organisation, at: now)
        steps.append((insertBatch(batch, organisation: organisation, at: now, policyVersion: policyVersion), 1))
        steps.append((insertUnsealed(batch, organisation: organisation, at: now), 1))
        if !settlements.reservations.isEmpty { steps.append((insertUnrolled(batch, organisation: organisation, at: now), 1)) }
        steps.append((PipelineStep(Statement.commit), nil))
        return steps
    }

    private func balanceSteps(organisation: Identifier, at now: Timestamp, book: Book) -> [Step] {
        var steps: [Step] = []
        let changed = book.balances.indices.filter { book.changed[$0] }.map { book.balances[$0] }
        if !changed.isEmpty { steps.append((Self.update(changed, organisation: organisation), changed.count)) }
        let marked = book.balances.indices.filter { book.marked[$0] }.map { book.balances[$0] }
        if !marked.isEmpty { steps.append((Self.mark(marked, organisation: organisation, at: now), marked.count)) }
        return steps
    }

    private func factSteps(organisation: Identifier, at now: Timestamp, policyVersion: Int64) -> [Step] {
        var steps: [Step] = []
        if !reservations.ids.isEmpty {
            let count = reservations.ids.count
            steps.append((reservations.insert(organisation: organisation, at: now, policyVersion: policyVersion), count))
            steps.append((reservations.insertOpen(organisation: organisation), count))
        }
        if !settlements.reservations.isEmpty {
            let count = settlements.reservations.count
            steps.append((settlements.insert(organisation: organisation, at: now, policyVersion: policyVersion), count))
        }
        if !adjustments.ids.isEmpty {
            steps.append((adjustments.insert(organisation: organisation, at: now), adjustments.ids.count))
            if let expiring = adjustments.insertExpiring(organisation: organisation) { steps.append((expiring.step, expiring.count)) }
            if let expired = adjustments.deleteExpired(organisation: organisation) { steps.append((expired.step, expired.count)) }
        }
        // A gate that was answered goes before the same one is shut again.
        steps += decisions.steps(organisation: organisation, at: now)
        if !approvals.rows.isEmpty {
            steps.append((approvals.insertGates(organisation: organisation, at: now), approvals.rows.count))
            steps.append((approvals.insert(organisation: organisation, at: now), approvals.rows.count))
        }
        if !refusals.ids.isEmpty {
            let count = refusals.ids.count
            steps.append((refusals.insert(organisation: organisation, at: now, policyVersion: policyVersion), count))
        }
        if !refusals.counted.isEmpty {
            let minute = Timestamp(seconds: now.seconds - now.seconds % 60)
            steps.append((refusals.count(organisation: organisation, minute: minute), refusals.counted.count))
        }
        return steps
    }

    private static func update(_ balances: [Balance], organisation: Identifier) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(balances.map(\.id))
        parameters.int8Array(balances.map(\.limit))
        parameters.int8Array(balances.map(\.held))
        parameters.int8Array(balances.map(\.spent))
        parameters.int8Array(balances.map(\.version))
        parameters.uuidArray(balances.map(\.lastFact))
        parameters.timestampArray(balances.map(\.changedAt.microseconds))
        return PipelineStep(LaneStatements.updateBalances, parameters)
    }

    private static func mark(_ balances: [Balance], organisation: Identifier, at now: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuidArray(balances.map(\.id))
        parameters.int8Array(balances.map(\.marks.adjusted))
        parameters.timestampArray(balances.map(\.marks.nextExpiry?.microseconds))
        parameters.int8Array(balances.map(\.marks.alerted))
        parameters.textArray(balances.map(\.marks.routeTier))
        parameters.timestampArray(balances.map(\.marks.passedAt?.microseconds))
        parameters.int8Array(balances.map(\.marks.suspended))
        parameters.int8Array(balances.map(\.marks.granted))
        return PipelineStep(GuardStatements.updateMarks, parameters)
    }

    private func deleteOpen(organisation: Identifier) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ended)
        parameters.uuid(ended.min() ?? .none)
        parameters.uuid(ended.max() ?? .none)
        return PipelineStep(LaneStatements.deleteOpenReservations, parameters)
    }

    private func extendOpen(organisation: Identifier) -> PipelineStep {
        // Of two extensions of one hold in a batch the later counts.
        let latest = Dictionary(extended.map { ($0.id, $0.until) }, uniquingKeysWith: max)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(latest.map(\.key))
        parameters.timestampArray(latest.map(\.value.microseconds))
        parameters.uuid(latest.keys.min() ?? .none)
        parameters.uuid(latest.keys.max() ?? .none)
        return PipelineStep(LaneStatements.extendOpenReservations, parameters)
    }

    private func insertKeys(organisation: Identifier, at now: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuidArray(keys.map(\.key.key))
        parameters.uuidArray(keys.map(\.key.fingerprint))
        parameters.uuidArray(keys.map(\.fact))
        return PipelineStep(LaneStatements.insertIdempotencyKeys, parameters)
    }

    private func insertBatch(_ batch: Identifier, organisation: Identifier, at now: Timestamp, policyVersion: Int64) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.int8(policyVersion)
        parameters.uuid(batch)
        parameters.uuidArray(reservations.ids)
        parameters.uuidArray(settlements.reservations)
        parameters.textArray(settlements.kinds)
        parameters.uuidArray(refusals.ids)
        parameters.int8Array(order.positions)
        parameters.uuidArray(adjustments.ids)
        parameters.uuidArray(decisions.rows.map(\.question.id))
        parameters.int8(guards)
        parameters.bool(!suspensions.isEmpty)
        return PipelineStep(LaneStatements.insertBatch, parameters)
    }

    /// So that the seal takes the facts of this batch in.
    private func insertUnsealed(_ batch: Identifier, organisation: Identifier, at now: Timestamp) -> PipelineStep {
        let facts = 1 + reservations.ids.count + settlements.reservations.count + refusals.ids.count + adjustments.ids.count + decisions.rows.count
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuid(batch)
        parameters.int8(Int64(facts))
        return PipelineStep(SealStatements.insertUnsealed, parameters)
    }

    /// So that the sums of usage take the settlements of this batch in.
    private func insertUnrolled(_ batch: Identifier, organisation: Identifier, at now: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuid(batch)
        parameters.int8(Int64(settlements.reservations.count))
        return PipelineStep(LaneStatements.insertUnrolled, parameters)
    }
}
