internal import Ledger
internal import LedgerStore
internal import Telemetry

/// What was spent, by whom, on what. Money is shown as floating point in major units, and kept in whole nano-units.
struct SpendingMetrics: Sendable {
    private struct Payer: Hashable {
        let org: String
        let currency: String
        let agent: String
        let workflow: String
        let team: String
        let project: String
        let costCenter: String
    }

    private struct PayerSeries {
        var cost: CounterSeries?
        var owner: CounterSeries?
        var input: CounterSeries?
        var output: CounterSeries?
        var unspecified: CounterSeries?
    }

    private struct Model: Hashable {
        let org: String
        let currency: String
        let model: String
    }

    private struct Tool: Hashable {
        let org: String
        let tool: String
        let status: UsageReport.Status?
    }

    private static let nanos: Int64 = 1_000_000_000
    /// A day: what a gateway says beyond it tells nothing, and would drown the sum.
    private static let longestMilliseconds: Int64 = 86_400_000

    private let tokens: MetricFamily<CounterSeries>
    private let cost: MetricFamily<CounterSeries>
    private let ownerCost: MetricFamily<CounterSeries>
    private let inferenceCost: MetricFamily<HistogramSeries>
    private let modelLatency: MetricFamily<HistogramSeries>
    private let toolCalls: MetricFamily<CounterSeries>
    private let toolLatency: MetricFamily<HistogramSeries>
    private var payers = SeriesCache<Payer, PayerSeries>()
    private var models = SeriesCache<Model, (cost: HistogramSeries, latency: HistogramSeries?)>()
    private var tools = SeriesCache<Tool, (calls: CounterSeries, latency: HistogramSeries?)>()

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
    mutating func note(
        _ charged: Amounts, _ report: UsageReport, _ spender: Spender, model: String?, tool: String?, _ organisation: Organisation
    ) {
        notePayer(charged, tool == nil ? report.usage : nil, isModelCall: tool == nil, spender, organisation)
        let latency = report.latencyMilliseconds.map { Duration.milliseconds(min($0, Self.longestMilliseconds)) }
        if let tool {
            noteTool(tool, charged, report.status, latency, organisation)
        } else {
            noteModel(model ?? "", charged, latency, organisation)
        }
    }

    private mutating func notePayer(
        _ charged: Amounts, _ usage: TokenUsage?, isModelCall: Bool, _ spender: Spender, _ organisation: Organisation
    ) {
        let (org, currency) = (organisation.name, organisation.currency)
        let key = Payer(
            org: org, currency: currency, agent: spender.agent, workflow: spender.workflow, team: spender.team, project: spender.project,
            costCenter: spender.costCenter)
        payers.with(key, PayerSeries()) { series in
            if charged.cost > 0 {
                Self.add(charged.cost, &series.cost, cost.series(org, currency, spender.agent, spender.workflow))
                Self.add(charged.cost, &series.owner, ownerCost.series(org, currency, spender.team, spender.project, spender.costCenter))
            }
            guard isModelCall, charged.tokens > 0 else { return }
            guard let usage else {
                return Self.add(charged.tokens, &series.unspecified, tokens.series(org, spender.agent, spender.workflow, "unspecified"))
            }
            if usage.input > 0 { Self.add(usage.input, &series.input, tokens.series(org, spender.agent, spender.workflow, "input")) }
            if usage.output > 0 { Self.add(usage.output, &series.output, tokens.series(org, spender.agent, spender.workflow, "output")) }
        }
    }

    private mutating func noteModel(_ model: String, _ charged: Amounts, _ latency: Duration?, _ organisation: Organisation) {
        let (org, currency) = (organisation.name, organisation.currency)
        models.with(Model(org: org, currency: currency, model: model), (inferenceCost.series(org, currency, model), nil)) { series in
            series.cost.record(charged.cost)
            if let latency { Self.record(latency, &series.latency, modelLatency.series(org, model)) }
        }
    }

    private mutating func noteTool(
        _ tool: String, _ charged: Amounts, _ status: UsageReport.Status?, _ latency: Duration?, _ organisation: Organisation
    ) {
        let org = organisation.name
        let key = Tool(org: org, tool: tool, status: status)
        tools.with(key, (toolCalls.series(org, tool, status?.rawValue ?? "unknown"), nil)) { series in
            series.calls.add(max(1, charged.toolCalls))
            if let latency { Self.record(latency, &series.latency, toolLatency.series(org, tool)) }
        }
    }

    // A series is made with its first value, so that nothing is shown of what never was.

    private static func add(_ amount: Int64, _ known: inout CounterSeries?, _ made: @autoclosure () -> CounterSeries) {
        let series = known ?? made()
        known = series
        series.add(amount)
    }

    private static func record(_ duration: Duration, _ known: inout HistogramSeries?, _ made: @autoclosure () -> HistogramSeries) {
        let series = known ?? made()
        known = series
        series.record(duration)
    }
}
