public import Ledger
internal import Postgres

/// Reads what a run did, step by step, from the facts.
public struct RunReader: Sendable {
    /// What a message tells of a run: its last steps, and how many there are.
    public struct Log: Sendable {
        /// Nil: the latest calls of a subject, which are of no run.
        public let run: String?
        public let steps: [RunStep]
        /// All calls of the run, those that are not in `steps` and refused ones with it.
        public let count: Int64
        public let charged: Amounts
    }

    let pool: Pool

    /// A run with a page of its steps, oldest first. The steps are read with those of the page alone, and the totals are added up by
    /// the database, so a long run takes no more memory than a short one.
    ///
    /// - Parameters:
    ///   - bound: tags of a key; calls of other values are not shown to it, and are in no number.
    ///   - scope: the suspensions that the key may see.
    ///   - after: the last step of the page before.
    /// - Returns: nil where the run has no call that the key may see.
    public func find(
        _ run: String, bound: Tags, scope: SuspensionScope, after: Identifier?, limit: Int, state: OrganisationState
    ) async throws -> StoredRun? {
        let organisation = state.organisation.id
        return try await pool.withSession { session in
            let read = try RunFacts.page(run, bound: bound, after: after ?? .none, limit: limit + 1, of: organisation, in: session)
            let page = read.keeping(first: limit)
            let start = after == nil ? page : try RunFacts.page(run, bound: bound, after: .none, limit: 1, of: organisation, in: session)
            let end = try RunFacts.last(run, bound: bound, limit: 1, of: organisation, in: session)
            guard let first = start.facts.first, let last = end.facts.last else { return nil }
            let totals = try RunTotals.read(run, bound: bound, upTo: after ?? .none, of: organisation, in: session)
            // The first and the last call say whose run it is.
            let ends = try RunDetails.read([first, last], of: organisation, in: session)
            let (tags, lastTags) = (ends[first.id]?.tags ?? Tags(), ends[last.id]?.tags ?? Tags())
            let covering = state.guards.suspensions(covering: lastTags, key: "")
            return StoredRun(
                id: run, state: !covering.isEmpty ? .suspended : totals.openHolds > 0 ? .open : .idle, tags: tags, firstAt: first.at,
                lastAt: last.at, charged: totals.charged, held: totals.held, admitted: totals.admitted, openHolds: totals.openHolds,
                refusals: totals.refusals,
                uncounted: try Self.uncounted(run, bound: bound, from: first.at, to: last.at, of: organisation, in: session),
                suspensions: try Self.suspensions(of: [tags, lastTags], scope: scope, state: state, in: session),
                counters: bound.isEmpty ? try CounterRows.all(of: Subject(kind: .run, id: run), organisation: organisation, in: session) : [],
                steps: try Self.steps(page, after: totals.countBefore, charged: totals.chargedBefore, of: organisation, in: session),
                next: read.facts.count > limit ? page.facts.last?.id : nil)
        }
    }

    /// - Parameters:
    ///   - number: how many calls the run has before these.
    ///   - charged: what was booked of those.
    static func steps(
        _ page: RunFacts, after number: Int64, charged: Amounts, of organisation: Identifier, in session: Session
    ) throws -> [RunStep] {
        let details = try RunDetails.read(page.facts, of: organisation, in: session)
        var totals = charged
        return try page.facts.enumerated().map { index, fact in
            guard let detail = details[fact.id] else { throw StoreError(.corrupt, "call \(fact.id) is gone") }
            totals = totals.clampedSum(fact.charged ?? .zero)
            return detail.numbered(number + Int64(index) + 1, totals: totals)
        }
    }

    /// Refusals that got no row are counted by agent and minute, whatever their other tags were: a key that is bound to others is
    /// not told.
    private static func uncounted(
        _ run: String, bound: Tags, from first: Timestamp, to last: Timestamp, of organisation: Identifier, in session: Session
    ) throws -> Int64? {
        guard bound.entries.allSatisfy({ $0.name == "agent_id" }) else { return nil }
        var parameters = RunFacts.key(run, bound: bound, of: organisation)
        parameters.timestamp(microsecondsSince1970: first.seconds / 60 * 60_000_000)
        parameters.timestamp(microsecondsSince1970: last.microseconds)
        return try session.execute(RunStatements.uncounted, parameters, timeout: RunFacts.longestRead).int8(0, 0)
    }

    private static func suspensions(
        of tags: [Tags], scope: SuspensionScope, state: OrganisationState, in session: Session
    ) throws -> [StoredRun.Suspended] {
        var subjects: Set<Subject> = []
        for kind in Subject.Kind.allCases {
            guard let name = kind.tag else { continue }
            subjects.formUnion(tags.compactMap { $0[name] }.map { Subject(kind: kind, id: $0) })
        }
        let sorted = Array(subjects)
        var parameters = Parameters()
        parameters.uuid(state.organisation.id)
        parameters.textArray(sorted.map(\.kind.rawValue))
        parameters.textArray(sorted.map(\.id))
        scope.append(to: &parameters)
        let rows = try session.execute(RunStatements.suspensions, parameters)
        return try (0..<rows.count).map { row in
            let suspension = try GuardQueries.suspension(rows, row)
            return StoredRun.Suspended(
                suspension: suspension, openedBy: try rows.text(row, 6), isOpen: state.guards.suspension(of: suspension.subject)?.id == suspension.id)
        }
    }
}
