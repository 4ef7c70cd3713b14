internal import Ledger
internal import Postgres

/// Balances beyond their limit, and those that will not last.
extension ReviewParts {
    /// How many balances one statement looks at.
    private static let pageSize: Int64 = 10_000
    /// Of an envelope; beyond it the list is partial.
    private static let balanceLimit: Int64 = 1_000_000

    func addBalances(to review: inout WeeklyReview, _ range: Range<Int64>, _ state: OrganisationState, at now: Timestamp) async throws {
        var overruns: [WeeklyReview.Overrun] = []
        var running: [WeeklyReview.RunningOut] = []
        var runningCount = 0
        for envelope in state.policy.envelopes where envelope.mode == .enforce && envelope.limit != nil {
            // A rate that was exceeded for a minute is nothing that people act upon a week later.
            if envelope.windowRule.period != .minute { overruns += try await self.overruns(of: envelope, range, state, &review) }
            guard envelope.windowRule.lastsADay else { continue }
            let report = try await reports.envelope(envelope, bound: Tags(), state: state)
            if report.isPartial { review.partial.insert(.runningOut) }
            runningCount += report.running
            running += report.fullest.compactMap { $0.runningOut(envelope, at: now) }
        }
        review.take(overruns: overruns)
        review.take(runningOut: running, count: runningCount)
    }

    private func overruns(
        of envelope: Envelope, _ range: Range<Int64>, _ state: OrganisationState, _ review: inout WeeklyReview
    ) async throws -> [WeeklyReview.Overrun] {
        var found: [WeeklyReview.Overrun] = []
        let endless = envelope.windowRule.period == .forever || envelope.windowRule.period == .run
        let week = (start: Timestamp(seconds: range.lowerBound), end: Timestamp(seconds: range.upperBound))
        var (after, last) = (week.start, endless ? Identifier.none : Identifier.last)
        var looked: Int64 = 0
        while true {
            try Task.checkCancellation()
            guard looked < Self.balanceLimit else {
                review.partial.insert(.overruns)
                return found
            }
            let (from, cursor) = (after, last)
            let page = try await pool.withSession { session in
                var parameters = Parameters()
                parameters.uuid(state.organisation.id)
                parameters.text(envelope.name)
                parameters.timestamp(microsecondsSince1970: from.microseconds)
                parameters.uuid(cursor)
                parameters.int8(Self.pageSize)
                let rows = try session.execute(endless ? ReviewStatements.overrunForever : ReviewStatements.overrunWindows, parameters)
                return try (0..<rows.count).map { row in
                    (
                        overrun: WeeklyReview.Overrun(
                            identity: try BalanceIdentityRow.decode(rows, row, from: 0), owner: envelope.owner, limit: try rows.int8(row, 8),
                            held: try rows.int8(row, 9), spent: try rows.int8(row, 10)),
                        isOver: try rows.bool(row, 11), total: try rows.int8(row, 13)
                    )
                }
            }
            for line in page where line.isOver && line.overrun.identity.window.start ?? week.start < week.end { found.append(line.overrun) }
            guard let end = page.last, end.total == Self.pageSize else { return found }
            looked += end.total
            last = end.overrun.identity.id
            if !endless, let windowEnd = end.overrun.identity.window.end { after = windowEnd }
        }
    }
}

extension WindowRule {
    /// Whether its windows are long enough for somebody to act before they end.
    fileprivate var lastsADay: Bool { period == .day || period == .week || period == .month }
}

extension EnvelopeReport.Standing {
    /// Nil where it lasts, or is used up already.
    fileprivate func runningOut(_ envelope: Envelope, at now: Timestamp) -> WeeklyReview.RunningOut? {
        guard let exhaustedAt, exhaustedAt > now else { return nil }
        return WeeklyReview.RunningOut(
            identity: view.identity, owner: envelope.owner, limit: view.limit, held: view.held, spent: view.spent, exhaustedAt: exhaustedAt)
    }
}
