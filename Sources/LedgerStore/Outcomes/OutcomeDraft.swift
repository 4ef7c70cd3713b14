public import Ledger

/// A result that somebody tells.
public struct OutcomeDraft: Sendable {
    public let outcome: WorkflowOutcome
    /// Whose it is: what the key that tells it is bound to.
    public let bound: Tags
    public let author: String
    public let idempotency: IdempotencyKey

    public init(_ outcome: WorkflowOutcome, bound: Tags, author: String, idempotency: IdempotencyKey) {
        self.outcome = outcome
        self.bound = bound
        self.author = author
        self.idempotency = idempotency
    }

    /// By these it is seen: who may see the workflow's calls with these tags may see it.
    var tags: Tags {
        var tags = bound
        tags["workflow_name"] = outcome.workflow
        return tags
    }
}
