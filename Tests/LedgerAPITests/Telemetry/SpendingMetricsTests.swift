import Ledger
import LedgerStore
import Telemetry
import Testing

@testable import LedgerAPI

@Suite("What metrics tell of spending")
struct SpendingMetricsTests {
    private static let organisation = Organisation(
        id: Identifier(high: 1, low: 1), name: "acme", currency: "EUR", state: .active, createdAt: Timestamp(seconds: 0))

    private static func spender(_ pairs: [String: String]) -> Spender {
        Spender(Tags(pairs.map { Tags.Tag(name: $0.key, value: $0.value) }))
    }

    private static func lines(_ registry: MetricRegistry, _ prefix: String) -> [String] {
        String(decoding: registry.exposition(), as: UTF8.self).split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
    }

    @Test("each payer is told apart, whichever of his tags differs, and nothing is shown of what never was")
    func payers() {
        let registry = MetricRegistry()
        var metrics = SpendingMetrics(registry)
        let charged = Amounts(cost: 500_000_000, tokens: 30, modelCalls: 1)
        let report = UsageReport(usage: TokenUsage(input: 20, output: 10), latencyMilliseconds: 40)
        for team in ["a", "b", "a"] {
            metrics.note(charged, report, Self.spender(["agent_id": "x", "team_id": team]), model: "gpt-5", tool: nil, Self.organisation)
        }
        metrics.note(Amounts(cost: 0, toolCalls: 1), UsageReport(), Self.spender(["agent_id": "y"]), model: nil, tool: "search", Self.organisation)
        #expect(Self.lines(registry, "purser_cost_total{") == [#"purser_cost_total{org="acme",currency="EUR",agent_id="x",workflow_name=""} 1.5"#])
        #expect(Self.lines(registry, "purser_owner_cost_total{").contains { $0.contains(#"team_id="a""#) && $0.hasSuffix(" 1") })
        #expect(Self.lines(registry, "purser_owner_cost_total{").contains { $0.contains(#"team_id="b""#) && $0.hasSuffix(" 0.5") })
        #expect(
            Self.lines(registry, "purser_tokens_total{") == [
                #"purser_tokens_total{org="acme",agent_id="x",workflow_name="",type="input"} 60"#,
                #"purser_tokens_total{org="acme",agent_id="x",workflow_name="",type="output"} 30"#,
            ])
        #expect(Self.lines(registry, "purser_tool_calls_total{") == [#"purser_tool_calls_total{org="acme",tool="search",status="unknown"} 1"#])
        #expect(Self.lines(registry, "purser_tool_latency").isEmpty)
        #expect(Self.lines(registry, "purser_inference_cost_count") == [#"purser_inference_cost_count{org="acme",currency="EUR",model="gpt-5"} 3"#])
    }

    @Test("an absurd latency counts as a day, however often it is told")
    func latency() {
        let registry = MetricRegistry()
        var metrics = SpendingMetrics(registry)
        for _ in 0..<3 {
            let report = UsageReport(latencyMilliseconds: .max)
            metrics.note(Amounts(cost: 1, modelCalls: 1), report, Self.spender([:]), model: "m", tool: nil, Self.organisation)
        }
        #expect(Self.lines(registry, "purser_model_latency_seconds_sum") == [#"purser_model_latency_seconds_sum{org="acme",model="m"} 259200"#])
    }

    @Test("more payers than are remembered lose no count")
    func many() {
        let registry = MetricRegistry(labelLimit: 10)
        var metrics = SpendingMetrics(registry)
        for number in 0..<10_000 {
            metrics.note(
                Amounts(cost: 1_000_000_000, modelCalls: 1), UsageReport(), Self.spender(["agent_id": "\(number)"]), model: "m", tool: nil,
                Self.organisation)
        }
        let sum = Self.lines(registry, "purser_cost_total{").compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
        #expect(sum == 10_000)
    }
}
