internal import Ledger
internal import Logging
internal import Postgres

/// Adds settlements to the sums of usage, batch by batch, each once: a batch waits in a work list that its own transaction
/// fills, and leaves it in the transaction that adds its sums. Sums commute, so the order does not matter.
public struct UsageRollUp: Sendable {
    /// How many settlements one transaction adds; a batch is never cut.
    static let factLimit: Int64 = 2_000
    /// How many batches one transaction adds.
    static let batchLimit: Int64 = 500
    static let organisationLimit = 1_000
    /// The write lanes get at least half of the time.
    static let longestPause = Duration.milliseconds(100)

    let pool: Pool
    let directory: OrganisationDirectory
    let logger: Logger

    /// Adds everything that waits. An organisation that fails does not keep the others waiting; the first such error is
    /// thrown at the end.
    ///
    /// - Returns: how many settlements were added.
    @discardableResult
    public func rollDue() async throws -> Int {
        var added = 0
        var failure: (any Error)?
        for organisation in try await due() {
            do {
                added += try await roll(organisation)
            } catch {
                if Task.isCancelled { throw error }
                logger.error("usage of an organisation could not be rolled up", metadata: ["org_id": "\(organisation)", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return added
    }

    /// Adds everything of one organisation that waits.
    func roll(_ organisation: Identifier) async throws -> Int {
        var added = 0
        while true {
            try Task.checkCancellation()
            let started = ContinuousClock.now
            let (facts, mayBeMore) = try await rollPage(of: organisation)
            added += facts
            guard mayBeMore else { return added }
            try await Task.sleep(for: min(ContinuousClock.now - started, Self.longestPause))
        }
    }

    private func due() async throws -> [Identifier] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.int8(Int64(Self.organisationLimit))
            let rows = try session.execute(UsageStatements.due, parameters)
            return try (0..<rows.count).map { row -> Identifier in try rows.uuid(row, 0) }
        }
    }

    private func rollPage(of organisation: Identifier) async throws -> (facts: Int, mayBeMore: Bool) {
        let directory = directory
        return try await pool.withTransaction { session in
            _ = try session.execute(RelaxedCommit.statement)
            let corrections = try UsageHead.lock(organisation, in: session)
            let (waiting, mayBeMore) = try Self.waiting(organisation, in: session)
            let claimed = try Self.claim(waiting, organisation, in: session)
            guard !claimed.isEmpty else { return (0, mayBeMore) }
            let named = try Self.settlements(of: claimed, organisation, in: session)
            var page = try Self.read(named, organisation, isCorrected: corrections > 0, in: session)
            // Few calls carry tags that somebody made up; only then it matters what the policy asks for.
            if page.hasCustomKeyTags { page.keepKeyTags(try directory.look(at: organisation, in: session)?.policy.tagRules.names ?? []) }
            try Self.add(&page, organisation, in: session)
            return (named.count, mayBeMore)
        }
    }

    /// Adds a page to the sums; afterwards it is as they have it, without what a full hour leaves out.
    static func add(_ page: inout UsagePage, _ organisation: Identifier, in session: Session) throws {
        let newRows = try fold(&page, organisation, in: session)
        guard !page.hours.isEmpty else { return }
        let days = Array(page.daily.keys)
        let newDailyRows = counts(try unknown(days, UsageStatements.knownDaily, organisation, in: session))
        _ = try session.pipeline(page.steps(organisation: organisation, newRows: newRows, newDailyRows: newDailyRows))
    }

    private static func waiting(_ organisation: Identifier, in session: Session) throws -> (ids: [Identifier], mayBeMore: Bool) {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(batchLimit)
        let rows = try session.execute(UsageStatements.waiting, parameters)
        var ids: [Identifier] = []
        var facts: Int64 = 0
        for row in 0..<rows.count {
            facts += try rows.int8(row, 1)
            if facts > factLimit, !ids.isEmpty { break }
            ids.append(try rows.uuid(row, 0))
        }
        return (ids, ids.count < rows.count || rows.count >= batchLimit)
    }

    private static func claim(
        _ ids: [Identifier], _ organisation: Identifier, in session: Session
    ) throws -> [(id: Identifier, committedAt: Int64)] {
        guard let first = ids.first, let last = ids.last else { return [] }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ids)
        parameters.uuid(first)
        parameters.uuid(last)
        let rows = try session.execute(UsageStatements.claim, parameters)
        return try (0..<rows.count).map { (try rows.uuid($0, 0), try rows.timestamp($0, 1)) }
    }

    private static func settlements(
        of batches: [(id: Identifier, committedAt: Int64)], _ organisation: Identifier, in session: Session
    ) throws -> [(id: Identifier, kind: String)] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(batches.map(\.id))
        parameters.timestampArray(batches.map(\.committedAt))
        let rows = try session.execute(UsageStatements.batches, parameters)
        var named: [(id: Identifier, kind: String)] = []
        for row in 0..<rows.count {
            let ids: [Identifier] = try rows.uuidArray(row, 0)
            let kinds = try rows.textArray(row, 1)
            guard ids.count == kinds.count else { throw StoreError(.corrupt, "a batch names settlements of unknown kinds") }
            for (id, kind) in zip(ids, kinds) { named.append((id, kind)) }
        }
        return named
    }

    /// The sums over some settlements, under their corrected tags.
    static func read(
        _ named: [(id: Identifier, kind: String)], _ organisation: Identifier, isCorrected: Bool, in session: Session
    ) throws -> UsagePage {
        var page = UsagePage()
        guard !named.isEmpty else { return page }
        let months = Partitions.months(of: named.map(\.id))
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(named.map(\.id))
        parameters.textArray(named.map(\.kind))
        parameters.timestamp(microsecondsSince1970: months.start.microseconds)
        parameters.timestamp(microsecondsSince1970: months.end.microseconds)
        let rows = try session.execute(UsageStatements.facts, parameters)
        // Before a fact is left out of the sums, all of them wait until somebody has looked.
        guard rows.count == named.count else { throw StoreError(.corrupt, "\(named.count - rows.count) settlements that batches name are gone") }
        // What is corrected before it is summed up is summed up as it should have been; see CorrectionWork for the rest.
        let corrections = isCorrected ? try CallCorrections.read(named.map(\.id), of: organisation, in: session) : CallCorrections()
        for row in 0..<rows.count {
            let fact = try UsageFact(rows, row)
            try page.addKey(fact)
            try page.add(try fact.corrected(by: corrections[fact.id]))
        }
        return page
    }

    /// Keeps the number of rows of an hour bounded.
    ///
    /// - Returns: by hour, how many rows of the page are new.
    static func fold(_ page: inout UsagePage, _ organisation: Identifier, in session: Session) throws -> [Int64: Int64] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestampArray(page.hours.keys.map { $0 * 1_000_000 })
        let rows = try session.execute(UsageStatements.rowCounts, parameters)
        var total: [Int64: Int64] = [:]
        for row in 0..<rows.count { total[try rows.timestamp(row, 0) / 1_000_000] = try rows.int8(row, 1) }
        var new = try unknown(Array(page.hourly.keys), UsageStatements.known, organisation, in: session)
        for fold in UsageDimension.Fold.allCases {
            let more = counts(new)
            let excess = new.filter { (total[$0.start] ?? 0) + (more[$0.start] ?? 0) > fold.rowLimit }
            guard excess.contains(where: { $0.dimension.folded(fold) != nil }) else { continue }
            page.fold(excess, fold)
            new = try unknown(Array(page.hourly.keys), UsageStatements.known, organisation, in: session)
        }
        return counts(new)
    }

    static func counts(_ places: Set<UsagePage.Place>) -> [Int64: Int64] { places.reduce(into: [:]) { $0[$1.start, default: 0] += 1 } }

    /// Those of some rows that are not there yet.
    static func unknown(
        _ places: [UsagePage.Place], _ statement: Statement, _ organisation: Identifier, in session: Session
    ) throws -> Set<UsagePage.Place> {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestampArray(places.map { $0.start * 1_000_000 })
        parameters.uuidArray(places.map(\.dimension.id))
        let rows = try session.execute(statement, parameters)
        var known: [Int64: Set<Identifier>] = [:]
        for row in 0..<rows.count { known[try rows.timestamp(row, 0) / 1_000_000, default: []].insert(try rows.uuid(row, 1)) }
        return Set(places.filter { known[$0.start]?.contains($0.dimension.id) != true })
    }
}
