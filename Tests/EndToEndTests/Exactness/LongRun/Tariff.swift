/// The prices and the policy of the long run, and what they make of a call.
enum Tariff {
    /// Nano-units of a token are whole in `whole`, and are rounded up at the end in `fine`.
    static let prices = """
        {"whole": {"input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05},
         "fine": {"input_cost_per_token": 3e-10, "output_cost_per_token": 7e-10}}
        """

    /// Four envelopes a model call, of which `all` is shared by every call.
    static let policy = """
        envelopes:
          - { name: all, meter: cost, limit: "80", window: { every: day } }
          - { name: team, per: [team_id], meter: cost, limit: "25", window: { every: day, time_zone: Europe/Paris } }
          - { name: agent-tokens, per: [agent_id], meter: tokens, limit: 300000, window: { every: hour } }
          - { name: run-steps, per: [run_id], meter: model_calls, limit: 12, window: { every: run } }
          - { name: tool-rate, per: [agent_id, tool], meter: tool_calls, limit: 4, window: { every: minute } }
        """
    static let envelopes = ["all", "team", "agent-tokens", "run-steps", "tool-rate"]

    static func envelopes(of call: Call) -> Set<String> {
        call.tool == nil ? ["all", "team", "agent-tokens", "run-steps"] : ["all", "team", "tool-rate"]
    }

    static func cost(model: String, input: Int64, output: Int64) -> Int64 {
        model == "whole" ? 1_250 * input + 10_000 * output : (3 * input + 7 * output + 9) / 10
    }

    /// What a call holds, or charges if it is booked directly.
    static func amounts(of call: Call) -> Amounts {
        guard let model = call.model else { return Amounts(cost: call.cost ?? 0, toolCalls: 1) }
        let (input, output) = (call.inputTokens ?? 0, call.outputTokens ?? 0)
        return Amounts(cost: call.cost ?? cost(model: model, input: input, output: output), tokens: input + output, modelCalls: 1)
    }
}
