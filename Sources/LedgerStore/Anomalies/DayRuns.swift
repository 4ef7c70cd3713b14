internal import Ledger

/// Adds up the runs of one day, in bounded memory.
struct DayRuns {
    private struct Key: Hashable {
        var agentID: String?
        let workflow: String?
        let model: String?
    }

    private var sums: [Key: UsageDay.Runs] = [:]

    /// Beyond as many sums as there may be of calls new ones leave the agent out.
    mutating func add(_ runs: UsageDay.Runs) {
        var key = Key(agentID: runs.agentID, workflow: runs.workflow, model: runs.model)
        if sums.count >= DayCalls.limit, sums[key] == nil { key.agentID = nil }
        let old = sums[key]
        func sum(_ field: KeyPath<UsageDay.Runs, Int64>) -> Int64 {
            var sum = old?[keyPath: field] ?? 0
            UsageSums.add(&sum, runs[keyPath: field])
            return sum
        }
        sums[key] = UsageDay.Runs(
            agentID: key.agentID, workflow: key.workflow, model: key.model, runs: sum(\.runs), cost: sum(\.cost), toolCalls: sum(\.toolCalls),
            firstAt: min(old?.firstAt ?? .max, runs.firstAt), lastAt: max(old?.lastAt ?? .min, runs.lastAt))
    }

    var all: [UsageDay.Runs] { Array(sums.values) }
}
