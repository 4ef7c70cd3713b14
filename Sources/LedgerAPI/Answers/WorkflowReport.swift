internal import Ledger

/// One workflow in the report of unit economics.
struct WorkflowReport: Sendable {
    let name: String
    /// The policy's words on it; nil where it has none.
    let workflow: Workflow?
    let now: UnitEconomics
    let before: UnitEconomics
    let changes: [WorkflowChange]
    let caps: [(standing: CapAdvice.Standing, advice: CapAdvice)]
}
