internal import Ledger
internal import Postgres

/// What one transaction does of a correction: which calls it corrects, and what moves in the sums.
struct CorrectionPart {
    struct Change {
        let call: Identifier
        let before: Tags
        let after: Tags
        let settlements: [CallFacts.Settlement]

        var run: String? { settlements.first?.fact.runID }
    }

    let correction: StoredCorrection
    private(set) var changes: [Change] = []
    /// Calls that were meant and have these tags already, or would have too many.
    private(set) var unchanged: Int64 = 0
    /// Settlements that were looked at, as far as they are the business of who asked.
    private(set) var lookedAt: Int64 = 0
    /// The last batch that was looked at.
    private(set) var last: Identifier
    private(set) var isLast = false
    /// What held for the calls before.
    private var known = CallCorrections()

    /// Finds the next calls to correct, behind a batch.
    static func read(
        _ correction: StoredCorrection, of organisation: Identifier, after batch: Identifier, in session: Session
    ) throws -> CorrectionPart {
        var part = CorrectionPart(correction: correction, last: batch)
        switch correction.selection {
        case .calls(let calls):
            part.isLast = true
            try part.select(calls, of: organisation, in: session)
        case .matching(_, let from, let to):
            let selection = SpendReader.Selection(from: from, to: to, tags: Tags())
            let start = max(batch, SpendReader.start(selection))
            let (named, last) = try SpendReader.named(organisation, selection, after: start, in: session)
            part.isLast = last == nil
            part.last = last ?? batch
            var seen: Set<Identifier> = []
            try part.select(named.map(\.id).filter { seen.insert($0).inserted }, of: organisation, in: session)
        }
        return part
    }

    private mutating func select(_ calls: [Identifier], of organisation: Identifier, in session: Session) throws {
        let facts = try CallFacts.read(calls, of: organisation, in: session)
        known = try CallCorrections.read(calls, of: organisation, in: session)
        for call in calls {
            guard let settlements = facts.byCall[call], let sent = facts.tags(of: call), isOfTime(settlements) else { continue }
            let before = known.tags(sent, of: call)
            guard before.contains(correction.bound) else { continue }
            lookedAt += Int64(settlements.count)
            // A call with two settlements comes twice where these lie far apart.
            guard !known.has(correction.number, call: call), correction.means(before) else { continue }
            let after = correction.tags.applied(to: before)
            guard after != before, after.entries.count <= Tags.maximumCount else {
                unchanged += 1
                continue
            }
            changes.append(Change(call: call, before: before, after: after, settlements: settlements))
        }
    }

    /// Batches of imported calls hold calls of any time.
    private func isOfTime(_ settlements: [CallFacts.Settlement]) -> Bool {
        guard case .matching(_, let from, let to) = correction.selection else { return true }
        return settlements.contains { $0.kind != SpendReader.importedKind || $0.fact.settledAt >= from && $0.fact.settledAt < to }
    }

    /// Leaves out the calls of runs for which there is no time in one transaction. The next part then looks at the same settlements again,
    /// and finds those calls corrected that are left in this one.
    ///
    /// - Parameter batch: the one behind which this part begins.
    mutating func fit(after batch: Identifier, of organisation: Identifier, in session: Session) throws {
        let runs = Set(changes.compactMap(\.run))
        let fitting = try RunTags(organisation: organisation).fitting(runs, in: session)
        guard fitting.count < runs.count else { return }
        changes.removeAll { change in change.run.map { !fitting.contains($0) } ?? false }
        (isLast, last) = (false, batch)
        (lookedAt, unchanged) = (0, 0)
    }

    // MARK: - Writing

    func write(_ organisation: Identifier, at now: Timestamp, in session: Session) throws {
        if !changes.isEmpty {
            let corrected = try move(organisation, in: session)
            try insert(organisation, at: now, in: session)
            // With the calls' own corrections in place.
            try RunTags(organisation: organisation).update(corrected, in: session)
        }
        try advance(organisation, at: now, in: session)
    }

    /// - Returns: the settlements of the calls with their new tags, whether they moved or are still to be summed up.
    private func move(_ organisation: Identifier, in session: Session) throws -> [UsageFact] {
        let waiting = try Self.waiting(organisation, in: session)
        var move = UsageMove()
        var corrected: [UsageFact] = []
        for change in changes {
            for settlement in change.settlements {
                let before = try settlement.fact.corrected(by: known[change.call])
                let after = try before.corrected(by: [correction.tags])
                corrected.append(after)
                guard waiting[change.call]?.contains(settlement.kind) != true else { continue }
                try move.add(before, after, hasSlice: settlement.kind != SpendReader.importedKind)
            }
        }
        try move.write(organisation, in: session)
        return corrected
    }

    /// What waits for its roll-up, by call.
    private static func waiting(_ organisation: Identifier, in session: Session) throws -> [Identifier: Set<String>] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let rows = try session.execute(CorrectionStatements.unrolled, parameters)
        var waiting: [Identifier: Set<String>] = [:]
        for row in 0..<rows.count {
            let ids: [Identifier] = try rows.uuidArray(row, 0)
            for (id, kind) in zip(ids, try rows.textArray(row, 1)) { waiting[id, default: []].insert(kind) }
        }
        return waiting
    }

    private func insert(_ organisation: Identifier, at now: Timestamp, in session: Session) throws {
        var part = Parameters()
        part.uuid(organisation)
        part.uuid(Identifier.fresh(at: now))
        part.int8(correction.number)
        part.uuidArray(changes.map(\.call))
        part.timestamp(microsecondsSince1970: now.microseconds)
        var calls = Parameters()
        calls.uuid(organisation)
        calls.int8(correction.number)
        calls.uuidArray(changes.map(\.call))
        _ = try session.pipeline([
            PipelineStep(CorrectionStatements.insertPart, part), PipelineStep(CorrectionStatements.insertCalls, calls),
        ])
    }

    private func advance(_ organisation: Identifier, at now: Timestamp, in session: Session) throws {
        let sums = changes.flatMap(\.settlements).reduce(into: UsageSums()) { $0 += $1.fact.sums }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(correction.number)
        parameters.uuid(last)
        parameters.timestamp(microsecondsSince1970: last == .none ? nil : last.time.microseconds)
        parameters.int8(lookedAt)
        parameters.int8(unchanged)
        parameters.int8(Int64(changes.count))
        parameters.int8(sums.facts)
        parameters.int8(sums.cost)
        parameters.int8(sums.tokens)
        parameters.timestamp(microsecondsSince1970: isLast ? now.microseconds : nil)
        _ = try session.execute(CorrectionStatements.advance, parameters)
    }
}
