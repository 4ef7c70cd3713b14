internal import Ledger

/// Adds up the calls of one day, in bounded memory.
struct DayCalls {
    /// Beyond so many sums new ones leave the step out, beyond twice as many the agent too.
    static let limit = 5_000

    private struct Key: Hashable {
        var agentID: String?
        let workflow: String?
        var step: String?
        let model: String?
    }

    private var sums: [Key: UsageDay.Calls] = [:]

    mutating func add(_ calls: UsageDay.Calls) {
        var key = Key(agentID: calls.agentID, workflow: calls.workflow, step: calls.step, model: calls.model)
        if sums.count >= Self.limit, sums[key] == nil { key.step = nil }
        if sums.count >= Self.limit * 2, sums[key] == nil { key.agentID = nil }
        let old = sums[key]
        func sum(_ field: KeyPath<UsageDay.Calls, Int64>) -> Int64 {
            var sum = old?[keyPath: field] ?? 0
            UsageSums.add(&sum, calls[keyPath: field])
            return sum
        }
        sums[key] = UsageDay.Calls(
            agentID: key.agentID, workflow: key.workflow, step: key.step, model: key.model, calls: sum(\.calls), cost: sum(\.cost),
            inputTokens: sum(\.inputTokens), outputTokens: sum(\.outputTokens), untaggedCalls: sum(\.untaggedCalls),
            untaggedCost: sum(\.untaggedCost))
    }

    var all: [UsageDay.Calls] { Array(sums.values) }
}
