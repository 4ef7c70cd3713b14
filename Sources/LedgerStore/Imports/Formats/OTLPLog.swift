internal import JSON
internal import Ledger

/// Spans of OTLP/JSON traces that follow OpenTelemetry's GenAI conventions.
///
/// Spans of a model call (`gen_ai.operation.name` chat, text_completion, generate_content, embeddings; or `gen_ai.request.model` without an
/// operation) and of a tool (`execute_tool`) are calls. Other spans are passed over, those of agents among them: what they sum up is
/// counted with the calls within them. Without a run of its own a call belongs to the run of its trace.
struct OTLPLog {
    let rate: ExchangeRate

    /// What a span says, its attributes as text.
    private struct Span {
        var pointer = ""
        var traceID = ""
        var spanID = ""
        var start = ""
        var end = ""
        var hasFailed = false
        var attributes: [(name: String, value: String)] = []

        subscript(name: String) -> String? { attributes.first { $0.name == name }?.value }
    }

    private static let operations: Set<String> = ["chat", "completion", "text_completion", "generate_content", "embeddings", "responses"]

    private static let fields: [String: CallDraft.Field] = [
        "gen_ai.usage.input_tokens": .inputTokens, "gen_ai.usage.prompt_tokens": .inputTokens, "gen_ai.usage.output_tokens": .outputTokens,
        "gen_ai.usage.completion_tokens": .outputTokens, "gen_ai.usage.cache_read.input_tokens": .cachedInputTokens,
        "gen_ai.usage.cache_read_input_tokens": .cachedInputTokens, "gen_ai.usage.cache_creation.input_tokens": .cacheWriteTokens,
        "gen_ai.usage.cache_creation_input_tokens": .cacheWriteTokens, "gen_ai.usage.reasoning.output_tokens": .reasoningTokens,
        "gen_ai.usage.reasoning_tokens": .reasoningTokens, "gen_ai.usage.cost": .cost, "gen_ai.usage.total_cost": .cost, "purser.cost": .cost,
    ]

    private static let tags: [String: String] = [
        "gen_ai.agent.id": "agent_id", "gen_ai.conversation.id": "session_id", "session.id": "session_id", "user.id": "user_id",
        "enduser.id": "user_id", "deployment.environment.name": "environment", "deployment.environment": "environment",
        "gen_ai.workflow.name": "workflow_name", "service.name": "service_name", "run.id": "run_id",
    ]

    func read(_ record: [UInt8]) -> [LogParser.Entry] {
        var entries: [LogParser.Entry] = []
        do throws(LogFault) {
            try JSONReader.record(record) { reader throws(JSONError) in
                var isTrace = false
                try reader.dictionary { name, _, reader throws(JSONError) in
                    guard name == "resourceSpans" || name == "resource_spans" else { return try reader.skip() }
                    isTrace = true
                    var index = 0
                    try reader.array { reader throws(JSONError) in
                        try resource(&reader, at: "/\(name)/\(index)", &entries)
                        index += 1
                    }
                }
                guard isTrace else { throw JSONError(.unexpected, offset: 0, detail: "there are no resourceSpans; send OTLP/JSON traces") }
            }
        } catch {
            return [.refused(error)]
        }
        return entries
    }

    // MARK: - The document

    private func resource(_ reader: inout JSONReader, at pointer: String, _ entries: inout [LogParser.Entry]) throws(JSONError) {
        var common: [(name: String, value: String)] = []
        var spans: [Span] = []
        try reader.dictionary { name, _, reader throws(JSONError) in
            switch name {
            case "resource" where reader.isAtObject:
                try reader.dictionary { name, _, reader throws(JSONError) in
                    if name == "attributes" { try attributes(&reader, &common) } else { try reader.skip() }
                }
            case "scopeSpans", "scope_spans", "instrumentationLibrarySpans":
                var index = 0
                try reader.array { reader throws(JSONError) in
                    try scope(&reader, at: "\(pointer)/\(name)/\(index)", &spans)
                    index += 1
                }
            default: try reader.skip()
            }
        }
        for span in spans { entries.append(entry(span, common)) }
    }

    private func scope(_ reader: inout JSONReader, at pointer: String, _ spans: inout [Span]) throws(JSONError) {
        try reader.dictionary { name, _, reader throws(JSONError) in
            guard name == "spans" else { return try reader.skip() }
            var index = 0
            try reader.array { reader throws(JSONError) in
                spans.append(try span(&reader, at: "\(pointer)/spans/\(index)"))
                index += 1
            }
        }
    }

    private func span(_ reader: inout JSONReader, at pointer: String) throws(JSONError) -> Span {
        var span = Span(pointer: pointer)
        try reader.dictionary { name, _, reader throws(JSONError) in
            switch name {
            case "traceId", "trace_id": span.traceID = try reader.scalar() ?? ""
            case "spanId", "span_id": span.spanID = try reader.scalar() ?? ""
            case "startTimeUnixNano", "start_time_unix_nano": span.start = try reader.scalar() ?? ""
            case "endTimeUnixNano", "end_time_unix_nano": span.end = try reader.scalar() ?? ""
            case "attributes": try attributes(&reader, &span.attributes)
            case "status" where reader.isAtObject:
                try reader.dictionary { name, _, reader throws(JSONError) in
                    let value = try reader.scalar()
                    if name == "code" { span.hasFailed = value == "2" || value == "STATUS_CODE_ERROR" }
                }
            default: try reader.skip()
            }
        }
        return span
    }

    /// Those with one plain value.
    private func attributes(_ reader: inout JSONReader, _ found: inout [(name: String, value: String)]) throws(JSONError) {
        try reader.array { reader throws(JSONError) in
            var (key, value) = ("", "")
            try reader.dictionary { name, _, reader throws(JSONError) in
                if name == "key" {
                    key = try reader.scalar() ?? ""
                } else if name == "value", reader.isAtObject {
                    try reader.dictionary { _, _, reader throws(JSONError) in value = try reader.scalar() ?? "" }
                } else {
                    try reader.skip()
                }
            }
            if !key.isEmpty, !value.isEmpty { found.append((key, value)) }
        }
    }

    // MARK: - A span

    private func entry(_ span: Span, _ common: [(name: String, value: String)]) -> LogParser.Entry {
        let operation = span["gen_ai.operation.name"]
        let model = span["gen_ai.request.model"] ?? span["gen_ai.response.model"]
        let isTool = operation == "execute_tool"
        guard isTool || operation.map(Self.operations.contains) ?? (model != nil) else { return .passedOver }
        do throws(LogFault) {
            var draft = CallDraft()
            try draft.set(.id, span.traceID.isEmpty || span.spanID.isEmpty ? "" : "\(span.traceID)/\(span.spanID)", at: "\(span.pointer)/spanId")
            try draft.set(.time, span.start, at: "\(span.pointer)/startTimeUnixNano")
            try draft.set(.endTime, span.end, at: "\(span.pointer)/endTimeUnixNano")
            if isTool {
                try draft.set(.tool, span["gen_ai.tool.name"] ?? "", at: "\(span.pointer)/attributes/gen_ai.tool.name")
            } else {
                try draft.set(.model, model ?? "", at: "\(span.pointer)/attributes/gen_ai.request.model")
            }
            try draft.set(.status, span.hasFailed || span["error.type"] != nil ? "error" : "ok", at: span.pointer)
            for attribute in span.attributes {
                // A tool's span may repeat the tokens of the model that asked for it.
                guard !isTool, let field = Self.fields[attribute.name] else { continue }
                try draft.set(field, attribute.value, at: "\(span.pointer)/attributes/\(attribute.name)", rate: rate)
            }
            Self.tag(&draft, span, common)
            return .call(draft)
        } catch {
            return .refused(error)
        }
    }

    /// The span's own attributes come before those of its resource. A tag that cannot be kept is left out.
    private static func tag(_ draft: inout CallDraft, _ span: Span, _ common: [(name: String, value: String)]) {
        for attribute in span.attributes + common {
            if let tag = tag(attribute.name) { try? draft.tag(tag, attribute.value, at: "") }
        }
        // Who has no id goes by his name.
        if let name = span["gen_ai.agent.name"] { try? draft.tag(draft.has("agent_id") ? "agent_name" : "agent_id", name, at: "") }
        try? draft.tag("run_id", span.traceID, at: "")
    }

    private static func tag(_ attribute: String) -> String? {
        if let tag = tags[attribute] { return tag }
        let name = attribute.hasPrefix("purser.") ? String(attribute.dropFirst(7)) : attribute
        if LogColumns.knownTags.contains(name) { return name }
        if name.hasPrefix("tag."), case .tag(let tag)? = LogColumns.meaning(of: name) { return tag }
        return nil
    }
}
