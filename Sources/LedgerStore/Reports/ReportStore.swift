internal import Ledger
internal import Postgres

/// Reports over the sums of usage: who spent what, and how it compares. What is answered is as fresh as the roll-up.
public struct ReportStore: Sendable {
    let pool: Pool
    let clock: StoreClock
    let balances: BalanceReader
    let heldMemory = HeldMemory()

    /// Spending by group and bucket.
    ///
    /// - Throws: `ReportError` where there is no such answer.
    public func spend(_ question: ReportQuestion, state: OrganisationState) async throws -> SpendReport {
        let now = clock.now()
        let period = question.period
        var table = try SpendTable(question, policy: state.policy)
        let reader = UsageReader(pool: pool, organisation: state.organisation.id, filter: question.filter)
        let waiting = try await reader.waiting()
        let edges = period.edges
        let buckets = edges.map { period.bucket(from: $0) }
        for (cell, sums) in try await reader.read(table.shape, edges: edges) {
            guard buckets.indices.contains(cell.slot), let bucket = buckets[cell.slot] else { continue }
            try table.add(cell.key, sums, bucket: bucket)
        }
        if let current = period.buckets.lastIndex(where: { $0.contains(now.seconds) }) {
            let holds = HeldReader(pool: pool, organisation: state.organisation.id, filter: question.filter, memory: heldMemory)
            for (key, amount) in try await holds.read(table.shape, at: now) { table.add(key, held: amount, bucket: current) }
        }
        return SpendReport(
            rows: table.sorted, totals: table.totals, held: table.held, previousCost: table.previousCost,
            forecast: try await forecast(question, state: state, at: now), waiting: waiting)
    }

    /// Nil where the period does not reach into the month that `now` lies in.
    private func forecast(_ question: ReportQuestion, state: OrganisationState, at now: Timestamp) async throws -> SpendForecast? {
        let window = WindowRule(.month, zone: question.period.zone).window(containing: now)
        guard let start = window.start?.seconds, let end = window.end?.seconds, question.period.range.overlaps(start..<end),
            question.period.range.upperBound > now.seconds
        else { return nil }
        return try await forecast(question.filter, zone: question.period.zone, state: state, at: now)
    }

    /// Of the month of the time zone that `now` lies in; nil where days of the zone do not begin with an hour of UTC.
    func forecast(_ filter: ReportFilter, zone: Zone, state: OrganisationState, at now: Timestamp) async throws -> SpendForecast? {
        let window = WindowRule(.month, zone: zone).window(containing: now)
        guard let start = window.start?.seconds, let end = window.end?.seconds else { return nil }
        let days = SpendForecast.calendar(from: min(start, now.seconds - SpendForecast.days * 86_400), now: now.seconds, zone: zone)
        let edges = days.map(\.range.lowerBound) + [days.last?.range.upperBound ?? end]
        guard !days.isEmpty, edges.allSatisfy({ $0 % UsagePage.hourSeconds == 0 }) else { return nil }
        let costs = try await costs(filter, edges: edges, state: state)
        return SpendForecast(
            days.enumerated().map { SpendDay(range: $1.range, weekday: $1.weekday, cost: costs[$0] ?? 0) }, month: start..<end, now: now.seconds,
            zone: zone)
    }

    private func costs(_ filter: ReportFilter, edges: [Int64], state: OrganisationState) async throws -> [Int: Int64] {
        let reader = UsageReader(pool: pool, organisation: state.organisation.id, filter: filter)
        guard filter.envelope != nil else { return try await reader.costs(edges: edges) }
        let envelopes = try ReportEnvelopes(state.policy, all: false, only: filter.envelope)
        let shape = ReportKey.Shape(names: envelopes.names, hasModel: true, hasTool: true)
        return try await reader.read(shape, edges: edges).reduce(into: [:]) { costs, cell in
            let call = envelopes.call(tags: cell.key.key.tags(shape), model: cell.key.key.model, tool: cell.key.key.tool)
            if envelopes.admits(call) { UsageSums.add(&costs[cell.key.slot, default: 0], cell.value.cost) }
        }
    }
}
