import Ledger

/// What the demo has shown, at its end.
struct DemoReport: Sendable {
    let outcomes: [DemoOutcome]

    var failures: [String] { outcomes.compactMap(\.failure) }

    var lines: [String] {
        var lines = ["", "What happened", ""]
        for outcome in outcomes {
            lines.append("\(outcome.agent.name): \(outcome.steps) calls, \(outcome.spent) spent")
            lines += told(outcome).map { "  \($0)" }
            lines.append("  GET /v1/runs/\(outcome.run) tells it step by step")
        }
        lines += ["", "In all \(outcomes.reduce(0) { $0 + $1.steps }) calls, \(sum(\.spent)) spent; about \(sum(\.saved)) not spent."]
        lines +=
            failures.isEmpty
            ? ["Everything was stopped that had to be, and nothing else."] : ["", "Not as it should be:"] + failures.map { "  \($0)" }
        return lines
    }

    private func told(_ outcome: DemoOutcome) -> [String] {
        switch outcome.end {
        case .finished: return outcome.wasApproved ? ["waited for a person, and finished"] : ["finished"]
        case .refused(let why): return ["refused: \(why)"]
        case .suspended(let rule, let reason):
            return [
                "stopped at step \(outcome.steps + 1) by \(rule): \(reason)",
                "it was on its way to \(outcome.agent.steps) steps: about \(outcome.saved) more at what its last steps cost",
            ]
        }
    }

    private func sum(_ amount: (DemoOutcome) -> Money) -> Money {
        Money(nanos: Int64(clamping: outcomes.reduce(Int128(0)) { $0 + Int128(amount($1).nanos) }))
    }
}
