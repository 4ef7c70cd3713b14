/// What an agent of the demo does next, and what it really takes.
struct DemoMove: Sendable {
    enum Target: Sendable {
        case model(String)
        case tool(String)
    }

    let target: Target
    /// The decision point in the agent's own words.
    let stepName: String
    /// Tokens that the agent expects to use; a tool call uses none.
    var estimate: (input: Int64, output: Int64) = (0, 0)
    /// Tokens that the call uses in truth.
    var used: (input: Int64, output: Int64) = (0, 0)
    var status = "ok"
    var latencyMilliseconds: Int64 = 40
    /// A digest of what the agent knows before the call.
    let state: String

    static func think(_ stepName: String, state: String, estimate: (Int64, Int64), used: (Int64, Int64), latency: Int64 = 800) -> DemoMove {
        DemoMove(
            target: .model("gpt-5"), stepName: stepName, estimate: (input: estimate.0, output: estimate.1), used: (input: used.0, output: used.1),
            latencyMilliseconds: latency, state: state)
    }

    static func use(_ tool: String, _ stepName: String, state: String, status: String = "ok", latency: Int64 = 120) -> DemoMove {
        DemoMove(target: .tool(tool), stepName: stepName, status: status, latencyMilliseconds: latency, state: state)
    }

    var name: String {
        switch target {
        case .model(let name), .tool(let name): name
        }
    }
}
