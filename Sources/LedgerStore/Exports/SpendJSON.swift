internal import JSON
internal import Ledger

/// A settlement as one line of JSON: amounts as on the wire, what is not known left out.
enum SpendJSON {
    static func line(_ record: SpendRecord) -> [UInt8] {
        var writer = JSONWriter(capacity: 768)
        writer.object { writer in
            for (name, text) in [
                ("settled_at", record.settledAt.description), ("opened_at", record.openedAt.description), ("id", record.id.description),
                ("kind", record.kind), ("state", record.state), ("model", record.model), ("tool", record.tool),
                ("cost", Money(nanos: record.charged.cost).description),
            ] as [(String, String?)] {
                guard let text else { continue }
                writer.name(name)
                writer.string(text)
            }
            for (name, number) in numbers(record) {
                guard let number else { continue }
                writer.name(name)
                writer.integer(number)
            }
            writer.name("stated_cost")
            writer.bool(record.isStated)
            for (name, text) in [("usage_source", record.usageSource), ("status", record.status), ("route_reason", record.routeReason)] {
                guard let text else { continue }
                writer.name(name)
                writer.string(text)
            }
            writer.name("tags")
            writer.raw(TagsJSON.encode(record.tags))
            writer.name("cursor")
            writer.string(record.cursor(row: 0).description)
        }
        return writer.bytes + [10]
    }

    private static func numbers(_ record: SpendRecord) -> [(String, Int64?)] {
        [
            ("tokens", record.charged.tokens), ("model_calls", record.charged.modelCalls), ("tool_calls", record.charged.toolCalls),
            ("input_tokens", record.usage?.input), ("cached_input_tokens", record.usage?.cachedInput),
            ("cache_write_tokens", record.usage?.cacheWrite), ("output_tokens", record.usage?.output),
            ("reasoning_tokens", record.usage?.reasoning), ("latency_ms", record.latencyMilliseconds), ("step", record.step),
            ("policy_version", record.policyVersion),
        ]
    }
}
