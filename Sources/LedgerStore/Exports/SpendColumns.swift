internal import Ledger

/// The columns of plain spending: one row a settlement, tags that everybody knows in columns of their own.
enum SpendColumns {
    static let tags = [
        "team_id", "cost_center", "project", "product", "feature_id", "workflow_name", "environment", "intent", "user_id", "agent_id", "session_id",
        "run_id", "step_name",
    ]

    static let names =
        [
            "settled_at", "opened_at", "id", "kind", "state", "model", "tool", "cost", "tokens", "model_calls", "tool_calls", "input_tokens",
            "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "stated_cost", "usage_source", "status", "latency_ms",
            "route_reason", "step", "policy_version",
        ] + tags + ["other_tags", "cursor"]

    static let header: [UInt8] = {
        var writer = CSVWriter()
        for name in names { writer.cell(name) }
        writer.end()
        return writer.take()
    }()

    static func write(_ record: SpendRecord, to writer: inout CSVWriter) {
        writer.cell(record.settledAt)
        writer.cell(record.openedAt)
        writer.cell(record.id.description)
        writer.cell(record.kind)
        writer.cell(record.state)
        writer.foreign(record.model)
        writer.foreign(record.tool)
        writer.cell(Money(nanos: record.charged.cost).description)
        writer.cell(record.charged.tokens)
        writer.cell(record.charged.modelCalls)
        writer.cell(record.charged.toolCalls)
        writer.cell(record.usage?.input)
        writer.cell(record.usage?.cachedInput)
        writer.cell(record.usage?.cacheWrite)
        writer.cell(record.usage?.output)
        writer.cell(record.usage?.reasoning)
        writer.cell(record.isStated ? "true" : "false")
        writer.cell(record.usageSource)
        writer.cell(record.status)
        writer.cell(record.latencyMilliseconds)
        writer.foreign(record.routeReason)
        writer.cell(record.step)
        writer.cell(record.policyVersion)
        for name in tags { writer.foreign(record.tags[name]) }
        let others = Tags(record.tags.entries.filter { !tags.contains($0.name) })
        writer.cell(others.isEmpty ? nil : String(decoding: TagsJSON.encode(others), as: UTF8.self))
        writer.cell(record.cursor(row: 0).description)
        writer.end()
    }
}
