public import Ledger

/// The days of each workflow within some time, and what changed the policy in between.
public struct WorkflowDays: Sendable {
    /// In order, without gaps; nothing for a workflow that did nothing.
    public let days: [String: [WorkflowDay]]
    public let policyChanges: [WorkflowChange.Mark]
    /// When cheaper routes were tried, and when the trials ended.
    public let trialChanges: [String: [WorkflowChange.Mark]]

    /// Of the policy and of the workflow's trials, from a moment on.
    ///
    /// - Parameter bound: tags of a key; it hears of trials only of the workflow that it is bound to, and to nothing else.
    public func changes(of workflow: String, from start: Timestamp, bound: Tags) -> [WorkflowChange.Mark] {
        let hearsOfTrials = bound.areOfAll(workflow: workflow)
        return (policyChanges + (hearsOfTrials ? trialChanges[workflow] ?? [] : [])).filter { $0.at >= start }
    }
}
