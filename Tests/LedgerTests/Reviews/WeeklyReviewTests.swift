import Testing

@testable import Ledger

@Suite("Weekly reviews")
struct WeeklyReviewTests {
    private static func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(seconds: 0) }

    private static func review() -> WeeklyReview {
        WeeklyReview(
            currency: "EUR", spend: WeeklyReview.Spend(cost: 12_000_000_000, previousCost: 10_000_000_000, calls: 3, toolCalls: 0, forecast: nil))
    }

    private static func agent(_ number: Int64, isUnusual: Bool = false) -> WeeklyReview.Agent {
        WeeklyReview.Agent(
            id: "a\(number)", workflow: nil, cost: number * 1_000_000_000, calls: 1, runs: 1, dayCost: number, median: nil, isUnusual: isUnusual)
    }

    @Test("a week is from Friday at nine to the next, both bounds to the microsecond")
    func week() {
        let week = ReviewWeek(containing: Self.time("2026-11-27T09:00:00Z"))
        #expect(week.start == Self.time("2026-11-27T09:00:00Z") && week.end == Self.time("2026-12-04T09:00:00Z"))
        #expect(ReviewWeek(containing: Self.time("2026-11-27T08:59:59.999999Z")).end == week.start)
        #expect(ReviewWeek.last(at: week.start).end == week.start)
        #expect(ReviewWeek.last(at: Self.time("2026-11-27T08:59:59Z")).end == Self.time("2026-11-20T09:00:00Z"))
        #expect(ReviewWeek(containing: Timestamp(seconds: 0)).start == Timestamp(seconds: 86_400 + 9 * 3_600 - ReviewWeek.seconds))
        #expect(week.weeks(since: week.start) == 0 && week.weeks(since: Self.time("2026-11-06T09:00:00Z")) == 3)
    }

    @Test("the ten dearest are named, and others only above twice their median")
    func agents() {
        var review = Self.review()
        review.take(agents: (1...40).map { Self.agent($0, isUnusual: $0 % 2 == 0) })
        #expect(review.agents.map(\.id) == (31...40).reversed().map { "a\($0)" })
        #expect(review.unusualAgents.map(\.id) == stride(from: 30, through: 2, by: -2).map { "a\($0)" })
        #expect(review.agentCount == 40 && review.unusualCount == 20)
    }

    @Test("a share of calls is low below 90 per cent, not at it, and not of nothing")
    func coverage() {
        func share(_ covered: Int64, of calls: Int64) -> Bool {
            WeeklyReview.Share(calls: calls, coveredCalls: covered, cost: 0, coveredCost: 0).isLow
        }
        #expect(!share(900, of: 1_000) && share(899, of: 1_000) && !share(0, of: 0))
    }

    @Test("overruns are listed by how far they are beyond, twenty at most, and counted")
    func overruns() {
        func overrun(_ number: Int64, limit: Int64) -> WeeklyReview.Overrun {
            let identity = BalanceIdentity(
                id: Identifier(high: 0, low: UInt64(number)), envelope: "e", meter: .cost, rule: "", names: ["agent_id"], values: ["a\(number)"],
                window: .forever)
            return WeeklyReview.Overrun(identity: identity, owner: nil, limit: limit, held: 1, spent: limit + number)
        }
        var review = Self.review()
        review.take(overruns: (0..<30).map { overrun($0, limit: 100) } + [overrun(30, limit: 10_000)])
        #expect(review.overruns.count == WeeklyReview.rowLimit && review.overrunCount == 31)
        #expect(review.overruns.first?.over == 30 && review.overruns.last?.over == 11, "30 of 10,000 is the least")
        #expect(review.summary.contains("31 balances beyond the limit: e (agent_id=a29), e (agent_id=a28), e (agent_id=a27) and 28 more."))
    }

    @Test("the summary tells what asks for attention, and nothing else")
    func summary() {
        var review = Self.review()
        #expect(review.summary == "12 EUR spent, +20 % on the week before.")
        review.take(agents: [Self.agent(3, isUnusual: true), Self.agent(2)])
        review.coverage = WeeklyReview.Coverage(
            whole: .init(calls: 8, coveredCalls: 7, cost: 0, coveredCost: 0),
            tags: [.init(names: ["product", "feature_id"], share: .init(calls: 8, coveredCalls: 7, cost: 0, coveredCost: 0), lacking: [])])
        review.take(idle: [WeeklyReview.Idle(agentID: "a", holds: 2, held: 500_000_000)])
        review.partial = [.overruns]
        #expect(
            review.summary == """
                12 EUR spent, +20 % on the week before. Dearest: a3 3 EUR, a2 2 EUR. 1 agent above twice the median of seven days: a3. 87.5 % of \
                the calls carry their tags; missing: product or feature_id. Held for nothing: 0.5 EUR by 1 agent. Not read in full: overruns.
                """)
    }

    @Test("changes after a moment come oldest first, ten at most")
    func changes() {
        let changes = (0..<15).map { WeeklyReview.Reaction(.policy, at: Timestamp(seconds: 20 - $0), what: "v\($0)") }
        let after = WeeklyReview.Reaction.after(Timestamp(seconds: 8), changes)
        #expect(after.first?.at == Timestamp(seconds: 9) && after.count == 10)
    }
}
