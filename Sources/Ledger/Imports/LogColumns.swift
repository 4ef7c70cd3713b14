/// What the columns of a CSV log and the members of a JSON log are called.
public enum LogColumns {
    public enum Meaning: Hashable, Sendable {
        case field(CallDraft.Field)
        case tag(String)
    }

    private static let fields: [String: CallDraft.Field] = [
        "time": .time, "timestamp": .time, "started_at": .time, "start_time": .time, "starttime": .time, "created_at": .time, "ts": .time,
        "ended_at": .endTime, "end_time": .endTime, "endtime": .endTime, "finished_at": .endTime,
        "id": .id, "request_id": .id, "call_id": .id,
        "model": .model, "model_name": .model, "tool": .tool, "tool_name": .tool,
        "input_tokens": .inputTokens, "prompt_tokens": .inputTokens, "output_tokens": .outputTokens, "completion_tokens": .outputTokens,
        "cached_input_tokens": .cachedInputTokens, "cached_tokens": .cachedInputTokens, "cache_read_input_tokens": .cachedInputTokens,
        "cache_write_tokens": .cacheWriteTokens, "cache_creation_input_tokens": .cacheWriteTokens, "reasoning_tokens": .reasoningTokens,
        "cost": .cost, "spend": .cost, "total_cost": .cost, "status": .status, "latency_ms": .latency, "duration_ms": .latency,
        "state_hash": .stateHash, "prompt_hash": .stateHash,
    ]

    private static let tags: [String: String] = [
        "team": "team_id", "user": "user_id", "agent": "agent_id", "agent_name": "agent_id", "workflow": "workflow_name", "session": "session_id",
        "conversation_id": "session_id", "run": "run_id", "step": "step_name", "feature": "feature_id", "env": "environment",
    ]

    /// Tags that everybody knows by these names.
    public static let knownTags: Set<String> = [
        "team_id", "cost_center", "project", "product", "feature_id", "workflow_name", "environment", "intent", "user_id", "agent_id", "session_id",
        "run_id", "step_name",
    ]

    /// What a name means, whatever its case; `tag.` or `tags.` before a name makes a tag of it.
    ///
    /// - Returns: nil for a name that means nothing here.
    public static func meaning(of name: String) -> Meaning? {
        let name = name.lowercased()
        if let field = fields[name] { return .field(field) }
        if let tag = tags[name] { return .tag(tag) }
        if knownTags.contains(name) { return .tag(name) }
        for prefix in ["tag.", "tags."] where name.hasPrefix(prefix) {
            let tag = String(name.dropFirst(prefix.count))
            return Tags.isValid(name: tag) && !Call.reservedLabels.contains(tag) ? .tag(tag) : nil
        }
        return nil
    }
}
