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
        /// False: it has more calls than are looked at.
        public let isComplete: Bool
    }

    let pool: Pool

    /// A run with a page of its steps, oldest first.
    ///
    /// - Parameters:
    ///   - bound: tags of a key; calls of other values are not shown to it, and are in no number.
    ///   - after: the last step of the page before.
    /// - Returns: nil where the run has no call that the key may see.
    public func find(
        _ run: String, bound: Tags, after: Identifier?, limit: Int, state: OrganisationState
    ) async throws -> StoredRun? {
        let organisation = state.organisation.id
        return try await pool.withSession { session in
            let facts = try RunFacts.read(run, bound: bound, of: organisation, in: session)
            guard let first = facts.facts.first, let last = facts.facts.last else { return nil }
            let start = after.map { after in facts.facts.firstIndex { $0.id > after } ?? facts.facts.count } ?? 0
            let page = start..<min(start + limit, facts.facts.count)
            // The first and the last call say whose run it is.
            var ends = try RunDetails.read([first, last], of: organisation, in: session)
            let (tags, lastTags) = (ends[first.id]?.tags ?? Tags(), ends[last.id]?.tags ?? Tags())
            ends.removeAll()
            let covering = state.guards.suspensions(covering: lastTags, key: "")
            return StoredRun(
                id: run, state: !covering.isEmpty ? .suspended : facts.openHolds > 0 ? .open : .idle, tags: tags, firstAt: first.at,
                lastAt: last.at, charged: facts.charged(first: facts.facts.count), held: facts.held, admitted: facts.admitted,
                openHolds: facts.openHolds, refusals: facts.refusals, uncounted: try Self.uncounted(facts, of: organisation, in: session),
                suspensions: try Self.suspensions(of: [tags, lastTags], state: state, in: session),
                counters: bound.isEmpty ? try CounterRows.all(of: Subject(kind: .run, id: run), organisation: organisation, in: session) : [],
                isComplete: facts.isComplete, steps: try Self.steps(page, of: facts, organisation: organisation, in: session),
                next: page.upperBound < facts.facts.count ? page.last.map { facts.facts[$0].id } : nil)
        }
    }

    static func steps(_ page: Range<Int>, of facts: RunFacts, organisation: Identifier, in session: Session) throws -> [RunStep] {
        let details = try RunDetails.read(Array(facts.facts[page]), of: organisation, in: session)
        var totals = facts.charged(first: page.lowerBound)
        return try page.map { index in
            let fact = facts.facts[index]
            guard let detail = details[fact.id] else { throw StoreError(.corrupt, "call \(fact.id) is gone") }
            totals = totals.clampedSum(fact.charged ?? .zero)
            return detail.numbered(Int64(index) + 1, totals: totals)
        }
    }

    /// Only refusals that got no row are counted by agent and minute.
    private static func uncounted(_ facts: RunFacts, of organisation: Identifier, in session: Session) throws -> Int64 {
        guard let first = facts.facts.first, let last = facts.facts.last else { return 0 }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.textArray(Array(Set(facts.facts.map(\.agent))))
        parameters.timestamp(microsecondsSince1970: first.at.seconds / 60 * 60_000_000)
        parameters.timestamp(microsecondsSince1970: last.at.microseconds)
        return try session.execute(RunStatements.uncounted, parameters).int8(0, 0)
    }

    private static func suspensions(of tags: [Tags], state: OrganisationState, in session: Session) throws -> [StoredRun.Suspended] {
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
        let rows = try session.execute(RunStatements.suspensions, parameters)
        return try (0..<rows.count).map { row in
            let suspension = try GuardQueries.suspension(rows, row)
            return StoredRun.Suspended(
                suspension: suspension, openedBy: try rows.text(row, 6), isOpen: state.guards.suspension(of: suspension.subject)?.id == suspension.id)
        }
    }
}
