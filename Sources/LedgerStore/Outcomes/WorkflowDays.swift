public import Ledger

/// The days of each workflow within some time, and what changed the policy in between.
public struct WorkflowDays: Sendable {
    /// In order, without gaps; nothing for a workflow that did nothing.
    public let days: [String: [WorkflowDay]]
    public let policyChanges: [WorkflowChange.Mark]
}
