internal import JSON
internal import Ledger
internal import LedgerStore

extension JSONWriter {
    /// A question to a person, as it stands.
    mutating func approval(_ approval: StoredApproval) {
        let question = approval.question
        object { writer in
            writer.name("id")
            writer.id(approval.id)
            writer.name("state")
            writer.string(approval.state.rawValue)
            writer.name("envelope")
            writer.string(question.envelope)
            writer.name("balance_id")
            writer.id(question.balance)
            writer.name("key")
            writer.object { writer in
                for (name, value) in zip(question.names, question.values) {
                    writer.name(name)
                    writer.string(value)
                }
            }
            writer.name("meter")
            writer.string(question.meter.rawValue)
            writer.name("run_id")
            writer.string(question.tags["run_id"])
            writer.name("requested")
            writer.amount(question.requested, question.meter)
            writer.name("model")
            writer.string(approval.model)
            writer.name("tool")
            writer.string(approval.tool)
            writer.name("tags")
            writer.tags(question.tags)
            writer.name("reason")
            writer.string(approval.reason)
            writer.name("requested_at")
            writer.time(approval.requestedAt)
            writer.decision(approval.decision, question)
        }
    }

    /// The members that tell how a question ended, or until when it can be answered.
    private mutating func decision(_ decision: StoredApproval.Decision?, _ question: ApprovalQuestion) {
        name("amount")
        if let amount = decision?.amount { self.amount(amount, question.meter) } else { null() }
        name("expires_at")
        time(decision?.grantEndsAt ?? question.expiresAt)
        name("grant_balance_id")
        string(decision?.amount == nil ? nil : question.scope.description)
        name("decision_reason")
        string(decision?.reason)
        name("decided_at")
        time(decision?.at)
        name("decided_by")
        string(decision?.author)
    }
}
