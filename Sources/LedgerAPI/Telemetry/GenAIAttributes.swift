internal import Ledger
internal import LedgerStore
internal import Tracing

/// What OpenTelemetry's GenAI conventions say of a call.
enum GenAIAttributes {
    static func add(_ operation: LedgerStore.Operation, to attributes: inout SpanAttributes) {
        switch operation {
        case .reserve(let request):
            add(request.key.complete(request.tags) ?? request.tags, &attributes)
            add(model: request.model, tool: request.tool, &attributes)
            if let usage = request.usage {
                attributes["purser.estimate.input_tokens"] = usage.input
                attributes["purser.estimate.output_tokens"] = usage.output
            }
        case .charge(let request):
            add(request.key.complete(request.tags) ?? request.tags, &attributes)
            add(model: request.model, tool: request.tool, &attributes)
            add(request.report, &attributes)
        case .settle(let request):
            attributes["purser.reservation.id"] = request.reservation.description
            if case .commit(let report, _) = request.action { add(report, &attributes) }
        case .adjust, .decide: break
        }
    }

    static func add(_ outcome: Outcome?, to attributes: inout SpanAttributes) {
        switch outcome {
        case .admitted(let hold):
            attributes["purser.decision"] = hold.decision
            attributes["purser.reservation.id"] = hold.id.description
            if let model = hold.model { attributes["gen_ai.response.model"] = model }
        case .settled(let settled):
            attributes["purser.decision"] = settled.state.rawValue
            attributes["purser.cost"] = Money(nanos: settled.charged.cost).description
        case .refused(let refusal): attributes["purser.decision"] = refusal.problem
        case .replayed: attributes["purser.decision"] = "replayed"
        case .extended: attributes["purser.decision"] = "extended"
        case .adjusted, .decided, .nothing, nil: break
        }
    }

    private static func add(_ tags: Tags, _ attributes: inout SpanAttributes) {
        for tag in tags.entries {
            switch tag.name {
            case "agent_id": attributes["gen_ai.agent.id"] = tag.value
            case "agent_name": attributes["gen_ai.agent.name"] = tag.value
            case "session_id": attributes["gen_ai.conversation.id"] = tag.value
            case "workflow_name", "run_id", "team_id", "step_name": attributes["purser.\(tag.name)"] = tag.value
            default: break
            }
        }
        // Who has no name goes by his id.
        if attributes["gen_ai.agent.name"] == nil, let agent = tags["agent_id"] { attributes["gen_ai.agent.name"] = agent }
    }

    private static func add(model: String?, tool: String?, _ attributes: inout SpanAttributes) {
        attributes["gen_ai.operation.name"] = tool == nil ? "chat" : "execute_tool"
        if let model { attributes["gen_ai.request.model"] = model }
        if let tool { attributes["gen_ai.tool.name"] = tool }
    }

    private static func add(_ report: UsageReport, _ attributes: inout SpanAttributes) {
        if let usage = report.usage {
            attributes["gen_ai.usage.input_tokens"] = usage.input
            attributes["gen_ai.usage.output_tokens"] = usage.output
        }
        if let model = report.model { attributes["gen_ai.response.model"] = model }
        if let status = report.status { attributes["purser.call.status"] = status.rawValue }
    }
}
