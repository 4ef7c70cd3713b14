/// The bodies of a call and of its end, and what is read of the answers.
enum DemoCall {
    struct Reserve: Encodable {
        struct Estimate: Encodable { let inputTokens: Int64, outputTokens: Int64 }

        let tags: [String: String]
        let model: String?
        let tool: String?
        let estimate: Estimate?
        let step: Int
        let stateHash: String
    }

    struct Commit: Encodable {
        struct Usage: Encodable { let inputTokens: Int64, outputTokens: Int64 }

        let usage: Usage?
        let usageSource: String?
        let status: String
        let latencyMs: Int64
        let stateHash: String
    }

    struct Held: Decodable {
        let id: String
    }

    struct Committed: Decodable {
        struct Charged: Decodable { let cost: String }

        let charged: Charged
    }

    struct Refused: Decodable {
        let type: String
        let title: String?
        let detail: String?
        let reason: String?
        let approvalId: String?
        let suspensionId: String?
    }

    /// A run, as far as the demo looks at it.
    struct Run: Decodable {
        struct Suspension: Decodable { let id: String, rule: String?, reason: String }

        let cost: String
        let admitted: Int
        let suspensions: [Suspension]
    }

    struct Approval: Decodable {
        let id: String
        let state: String
        let reason: String
    }

    static func reserve(_ move: DemoMove, step: Int, tags: [String: String]) -> Reserve {
        var tags = tags
        tags["step_name"] = move.stepName
        switch move.target {
        case .model(let model):
            return Reserve(
                tags: tags, model: model, tool: nil, estimate: .init(inputTokens: move.estimate.input, outputTokens: move.estimate.output),
                step: step, stateHash: move.state)
        case .tool(let tool): return Reserve(tags: tags, model: nil, tool: tool, estimate: nil, step: step, stateHash: move.state)
        }
    }

    static func commit(_ move: DemoMove) -> Commit {
        var usage: Commit.Usage?
        if case .model = move.target { usage = .init(inputTokens: move.used.input, outputTokens: move.used.output) }
        return Commit(
            usage: usage, usageSource: usage == nil ? nil : "provider", status: move.status, latencyMs: move.latencyMilliseconds,
            stateHash: move.state)
    }
}
