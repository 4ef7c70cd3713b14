@testable import Ledger
import Testing

@Suite("What a log suggests")
struct StarterPlanTests {
    private static func tags(_ pairs: [String: String]) -> Tags { Tags(pairs.map { Tags.Tag(name: $0.key, value: $0.value) }) }

    private static func sums(_ cost: String, calls: Int64 = 10) -> LogSums { LogSums(calls: calls, cost: Money(cost) ?? .zero, tokens: calls * 100) }

    /// Two days, from a log that tags most of its calls.
    static func summary(_ add: (inout LogAggregate) -> Void, lengths: LogSummary.RunLengths = .none, longest: [LogRun] = []) -> LogSummary {
        var aggregate = LogAggregate()
        add(&aggregate)
        return aggregate.summary(
            first: Timestamp(rfc3339: "2026-11-20T23:00:00Z"), last: Timestamp(rfc3339: "2026-11-21T01:00:00Z"), withRun: LogSums(),
            lengths: lengths, runs: [], longest: longest)
    }

    @Test(
        "numbers are rounded up like a person would",
        arguments: [
            (0, 1), (1, 1), (3, 3), (7, 8), (9, 10), (11, 12), (13, 15), (21, 25), (101, 120), (4_213, 5_000), (8_001, 10_000), (61, 80),
            (Int64.max, Int64.max),
        ] as [(Int64, Int64)])
    func rounded(amount: Int64, up: Int64) { #expect(StarterPlan.rounded(amount) == up) }

    @Test("caps are of the dearest workflows, a month of thirty days from the days of the log, with headroom")
    func caps() {
        let summary = Self.summary { aggregate in
            for (index, workflow) in ["triage", "Billing / EU", "ä", "billing-eu", "e", "f"].enumerated() {
                aggregate.add(Self.sums("\(60 - index)"), tags: Self.tags(["workflow_name": workflow]), model: "m", tool: nil, day: 20_778)
            }
        }
        let plan = StarterPlan(summary)
        #expect(plan.caps.map(\.name) == ["triage", "billing-eu", "cap", "billing-eu-2", "e"])
        // 60 in two days are 900 a month, and 1,125 with a quarter more.
        #expect(plan.caps[0].monthly == Money("900") && plan.caps[0].limit == Money("1200") && plan.caps[0].spent == Money("60"))
        #expect(plan.total.spent == Money("345") && plan.userWeek == nil && plan.runSteps == nil)
        #expect(plan.required == ["workflow_name"] && plan.almost.isEmpty)
    }

    @Test("a tag is required only where every call has it; who leaves it out is named by the label that tells most apart")
    func coverage() {
        let summary = Self.summary { aggregate in
            aggregate.add(Self.sums("1", calls: 1), tags: Self.tags(["user_id": "u1", "api_key": "k1"]), model: "m", tool: nil, day: 1)
            aggregate.add(
                Self.sums("5", calls: 2), tags: Self.tags(["user_id": "u2", "team_id": "t", "api_key": "k1"]), model: "m", tool: nil, day: 1)
            aggregate.add(Self.sums("2", calls: 997), tags: Self.tags(["user_id": "u3", "team_id": "t"]), model: nil, tool: "search", day: 2)
        }
        let plan = StarterPlan(summary)
        #expect(plan.required == ["user_id"])
        #expect(plan.almost.map(\.tag) == ["team_id"] && plan.almost.map(\.missing) == [1])
        let team = summary.coverage.first { $0.tag == "team_id" }
        #expect(team?.missing.allCalls == 1 && team?.culprits?.label == "api_key" && team?.culprits?.groups.map(\.value) == ["k1"])
        #expect(summary.coverage.first { $0.tag == "run_id" }?.missing.allCalls == 1_000)
        #expect(summary.ownerless == LogSums() && summary.counts["user_id"] == 3)
        // The dearest user: 5 in two days are 17.5 a week, and 21.875 with a quarter more.
        #expect(plan.userWeek == Money("25"))
        #expect(plan.caps.map(\.tag) == ["team_id"])
    }

    @Test("a run is a loop where it is much longer than others, or repeats itself")
    func loops() {
        func run(_ id: String, calls: Int64, identical: Int64) -> LogRun {
            LogRun(id: id, sums: LogSums(calls: calls), first: .init(seconds: 0), last: .init(seconds: 1), tags: Tags(), identical: identical)
        }
        let lengths = LogSummary.RunLengths(count: 9, median: 6, percentile99: 8, percentile999: 9, longest: 80, tokens999: 1_000)
        let runs = [run("long", calls: 70, identical: 1), run("short", calls: 69, identical: 9), run("same", calls: 12, identical: 10)]
        let summary = Self.summary({ _ in }, lengths: lengths, longest: runs)
        #expect(summary.loops.map(\.id) == ["long", "same"])
        let plan = StarterPlan(summary)
        #expect(plan.runSteps == 15 && plan.runTokens == 1_500)
    }

    @Test("models are sorted into tiers by price, and the one that stands in is cheaper and of the family where there is one")
    func models() {
        var prices = PriceBook()
        for (name, price) in [("gpt-5", 10), ("gpt-5-mini", 2), ("other-small", 3), ("claude-big", 9), ("nano", 0)] as [(String, Int64)] {
            prices.add(.init(effectiveFrom: .init(seconds: 0), price: ModelPrice(input: price * 1_000, output: price * 1_000)), model: name)
        }
        let models = StarterModels(["gpt-5", "gpt-5-mini", "other-small", "claude-big", "nano", "unknown"], prices: prices, at: .init(seconds: 1))
        #expect(models.models.map(\.name) == ["gpt-5", "claude-big", "other-small", "gpt-5-mini", "nano"])
        #expect(models.models.map(\.tier) == ["premium", "premium", "standard", "standard", "economy"])
        #expect(models.models.map(\.standIn) == ["gpt-5-mini", "other-small", "nano", "nano", nil])
        #expect(models.unpriced == ["unknown"] && models.tiers == ["premium", "standard", "economy"])
    }
}
