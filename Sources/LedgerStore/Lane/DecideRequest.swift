public import Ledger

/// The end of a question to a person.
public struct DecideRequest: Sendable {
    /// Nil: nobody answered, and the service ends it.
    public var key: APIKey?
    public var question: ApprovalQuestion
    public var decision: ApprovalDecision

    public init(key: APIKey?, question: ApprovalQuestion, decision: ApprovalDecision) {
        self.key = key
        self.question = question
        self.decision = decision
    }

    /// The balance that takes the grant; nil where nothing is granted.
    var grant: BalanceIdentity? {
        if case .approve = decision.verdict { Grant.identity(of: question) } else { nil }
    }
}
