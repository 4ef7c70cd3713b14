internal import JSON
internal import Ledger

/// Rows of `LiteLLM_SpendLogs`, as its API and exports write them.
///
/// `model` is what was called; the calls of MCP tools are tool calls. The tags are `team_id`, `user` (`user_id`), `end_user`, `session_id`,
/// `agent_id`, those of `request_tags` that read `name:value` or `name=value`, those of `metadata.spend_logs_metadata`, and `api_key`: the
/// alias of the key, or the beginning of its hash. Tags that Purser could not keep are left out.
struct LiteLLMLog {
    let rate: ExchangeRate

    /// What stands in several places of a row, and is put together at its end.
    private struct Row {
        var draft = CallDraft()
        var model = ""
        var modelGroup = ""
        var tool = ""
        var callType = ""
        var status = ""
        var keyHash = ""
        var alias = ""
        var labels: [(name: String, value: String)] = []
    }

    func read(_ record: [UInt8]) -> LogParser.Entry {
        do throws(LogFault) {
            var row = Row()
            try JSONReader.record(record) { reader throws(JSONError) in
                try reader.dictionary { name, _, reader throws(JSONError) in try member(name, &reader, &row) }
            }
            return .call(try Self.finish(row, rate: rate))
        } catch {
            return .refused(error)
        }
    }

    private func member(_ name: String, _ reader: inout JSONReader, _ row: inout Row) throws(JSONError) {
        switch name {
        case "metadata": return try reader.embedded { reader throws(JSONError) in try metadata(&reader, &row) }
        case "request_tags": return try reader.embedded { reader throws(JSONError) in try requestTags(&reader, &row) }
        default: break
        }
        let offset = reader.offset
        guard let value = try reader.scalar() else { return }
        do throws(LogFault) {
            switch name {
            case "request_id": try row.draft.set(.id, value, at: "")
            case "startTime": try row.draft.set(.time, value, at: "")
            case "endTime": try row.draft.set(.endTime, value, at: "")
            case "spend": try row.draft.set(.cost, value, at: "", rate: rate)
            case "prompt_tokens": try row.draft.set(.inputTokens, value, at: "")
            case "completion_tokens": try row.draft.set(.outputTokens, value, at: "")
            case "model": row.model = value
            case "model_group": row.modelGroup = value
            case "mcp_namespaced_tool_name": row.tool = value
            case "call_type": row.callType = value
            case "status": row.status = value
            case "api_key": row.keyHash = value
            case "user": row.labels.append(("user_id", value))
            case "team_id", "end_user", "session_id", "agent_id": row.labels.append((name, value))
            default: break
            }
        } catch {
            throw JSONError(error, at: offset)
        }
    }

    private func metadata(_ reader: inout JSONReader, _ row: inout Row) throws(JSONError) {
        guard reader.isAtObject else { return try reader.skip() }
        try reader.dictionary { name, _, reader throws(JSONError) in
            switch name {
            case "spend_logs_metadata" where reader.isAtObject:
                try reader.dictionary { name, _, reader throws(JSONError) in
                    if let value = try reader.scalar() { row.labels.append((name, value)) }
                }
            case "user_api_key_alias": row.alias = try reader.scalar() ?? ""
            case "user_api_key_user_id": if let user = try reader.scalar() { row.labels.append(("user_id", user)) }
            case "user_api_key_team_id": if let team = try reader.scalar() { row.labels.append(("team_id", team)) }
            case "status": if let status = try reader.scalar(), row.status.isEmpty { row.status = status }
            case _ where LogColumns.knownTags.contains(name): if let value = try reader.scalar() { row.labels.append((name, value)) }
            default: try reader.skip()
            }
        }
    }

    private func requestTags(_ reader: inout JSONReader, _ row: inout Row) throws(JSONError) {
        guard reader.isAtArray else { return try reader.skip() }
        try reader.array { reader throws(JSONError) in
            guard let text = try reader.scalar(), let mark = text.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return }
            let name = text[..<mark].lowercased()
            if case .tag(let tag)? = LogColumns.meaning(of: name) ?? LogColumns.meaning(of: "tag.\(name)") {
                row.labels.append((tag, String(text[text.index(after: mark)...].drop { $0 == " " })))
            }
        }
    }

    private static func finish(_ row: Row, rate: ExchangeRate) throws(LogFault) -> CallDraft {
        var draft = row.draft
        if row.callType.hasSuffix("mcp_tool"), !row.tool.isEmpty {
            try draft.set(.tool, row.tool, at: "/mcp_namespaced_tool_name")
        } else {
            try draft.set(.model, row.model.isEmpty ? row.modelGroup : row.model, at: "/model")
        }
        try draft.set(.status, row.status, at: "/status")
        // A tag that cannot be kept is another program's, and no reason to lose the money.
        for label in row.labels { try? draft.tag(label.name, label.value, at: "") }
        try? draft.tag("api_key", name(ofKey: row), at: "")
        return draft
    }

    /// Never the key itself, which some installations log.
    private static func name(ofKey row: Row) -> String {
        if !row.alias.isEmpty { return row.alias }
        guard row.keyHash.hasPrefix("sk-") else { return String(row.keyHash.prefix(16)) }
        return String(Digest.hex(Digest.sha256(Array(row.keyHash.utf8))).prefix(16))
    }
}
