internal import Ledger
internal import LedgerStore
internal import Telemetry

/// What was spent, by whom, on what. Money is shown as floating point in major units, and kept in whole nano-units.
struct SpendingMetrics: Sendable {
    private static let nanos: Int64 = 1_000_000_000

    private let tokens: MetricFamily<CounterSeries>
    private let cost: MetricFamily<CounterSeries>
    private let ownerCost: MetricFamily<CounterSeries>
    private let inferenceCost: MetricFamily<HistogramSeries>
    private let modelLatency: MetricFamily<HistogramSeries>
    private let toolCalls: MetricFamily<CounterSeries>
    private let toolLatency: MetricFamily<HistogramSeries>

    init(_ registry: MetricRegistry) {
        tokens = registry.counter(
            "purser_tokens_total", "Tokens of settled model calls.",
            labels: [.open("org"), .open("agent_id"), .open("workflow_name"), "type"])
        cost = registry.counter(
            "purser_cost_total", "Settled cost in major units of the currency.",
            labels: [.open("org"), "currency", .open("agent_id"), .open("workflow_name")], divisor: Self.nanos)
        ownerCost = registry.counter(
            "purser_owner_cost_total", "Settled cost by who pays for it, in major units of the currency.",
            labels: [.open("org"), "currency", .open("team_id"), .open("project"), .open("cost_center")], divisor: Self.nanos)
        inferenceCost = registry.histogram(
            "purser_inference_cost", "Cost of one settled model call in major units of the currency.",
            labels: [.open("org"), "currency", .open("model")], bounds: MetricBounds.money, divisor: Self.nanos)
        modelLatency = registry.histogram(
            "purser_model_latency_seconds", "How long model calls took, as gateways say.", labels: [.open("org"), .open("model")],
            bounds: MetricBounds.work, divisor: Self.nanos)
        toolCalls = registry.counter(
            "purser_tool_calls_total", "Settled tool calls by what gateways say of them.", labels: [.open("org"), .open("tool"), "status"])
        toolLatency = registry.histogram(
            "purser_tool_latency_seconds", "How long tool calls took, as gateways say.", labels: [.open("org"), .open("tool")],
            bounds: MetricBounds.work, divisor: Self.nanos)
    }

    /// Counts a charge.
    func note(_ charged: Amounts, _ report: UsageReport, tags: Tags, model: String?, tool: String?, _ organisation: Organisation) {
        let org = organisation.name
        if charged.cost > 0 {
            let agent = tags["agent_id"] ?? ""
            cost.series(org, organisation.currency, agent, tags["workflow_name"] ?? "").add(charged.cost)
            let owner = [org, organisation.currency, tags["team_id"] ?? "", tags["project"] ?? "", tags["cost_center"] ?? ""]
            ownerCost.series(owner).add(charged.cost)
        }
        let latency = report.latencyMilliseconds.map { Duration.milliseconds($0) }
        if let tool {
            toolCalls.series(org, tool, report.status?.rawValue ?? "unknown").add(max(1, charged.toolCalls))
            if let latency { toolLatency.series(org, tool).record(latency) }
            return
        }
        noteTokens(charged, report.usage, tags, org)
        inferenceCost.series(org, organisation.currency, model ?? "").record(charged.cost)
        if let latency { modelLatency.series(org, model ?? "").record(latency) }
    }

    private func noteTokens(_ charged: Amounts, _ usage: TokenUsage?, _ tags: Tags, _ org: String) {
        guard charged.tokens > 0 else { return }
        let agent = tags["agent_id"] ?? ""
        let workflow = tags["workflow_name"] ?? ""
        guard let usage else { return tokens.series(org, agent, workflow, "unspecified").add(charged.tokens) }
        if usage.input > 0 { tokens.series(org, agent, workflow, "input").add(usage.input) }
        if usage.output > 0 { tokens.series(org, agent, workflow, "output").add(usage.output) }
    }
}
