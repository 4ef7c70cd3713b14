/// How a question ended; a fact.
public struct ApprovalDecision: Sendable {
    public enum State: String, CaseIterable, Sendable {
        case approved, rejected, expired
    }

    public enum Verdict: Sendable {
        /// - Parameter amount: in the meter's unit, more than zero; `until`: when the grant ends.
        case approve(amount: Int64, until: Timestamp)
        case reject
        /// Nobody answered.
        case expire

        public var state: State {
            switch self {
            case .approve: .approved
            case .reject: .rejected
            case .expire: .expired
            }
        }
    }

    /// Why a person may not decide so.
    public enum Objection: Error, Sendable {
        /// Nobody approves what he asked for.
        case ownRequest
        /// - Parameter left: what the approver may still grant to this run.
        case aboveLimit(limit: Money, left: Money)
        /// The question has ended, or its window has.
        case tooLate
        /// The grant would end before it begins.
        case endPassed
        /// An earlier grant of the same run lasts longer. Draws take from the grant that ends first, so grants end in the
        /// order in which they were given.
        case endsTooSoon(earlier: Timestamp)
        case amountTooLarge
    }

    /// Who decides.
    public struct Approver: Sendable {
        /// His API key.
        public let key: Identifier
        /// Who he is as a user of calls, by any of his names; capital letters make no difference.
        public let userIDs: [String]
        /// The most that he may grant to one run of an envelope that meters cost, in a window; nil: any amount.
        public let limit: Money?

        public init(key: Identifier, userIDs: [String], limit: Money?) {
            self.key = key
            self.userIDs = userIDs
            self.limit = limit
        }

        func isUser(of question: ApprovalQuestion) -> Bool {
            guard let user = question.tags["user_id"]?.lowercased() else { return false }
            return userIDs.contains { $0.lowercased() == user }
        }
    }

    /// What was granted to the same run, envelope, key and window before.
    public struct Earlier: Sendable {
        /// By the same approver, in the meter's unit.
        public let amount: Int64
        /// When the last of all grants ends; nil: there was none.
        public let until: Timestamp?

        public init(amount: Int64 = 0, until: Timestamp? = nil) {
            self.amount = amount
            self.until = until
        }
    }

    public let verdict: Verdict
    /// Nil: the service itself, since nobody answered.
    public let approver: Approver?
    public let reason: String
    /// Who it was, in words.
    public let author: String

    public init(_ verdict: Verdict, approver: Approver?, reason: String, author: String) {
        self.verdict = verdict
        self.approver = approver
        self.reason = reason
        self.author = author
    }

    /// Passes if the decision may be taken.
    public func check(on question: ApprovalQuestion, after earlier: Earlier, at now: Timestamp) throws(Objection) {
        if case .expire = verdict { return }
        guard now < question.expiresAt else { throw .tooLate }
        if let approver {
            if approver.key == question.key || approver.isUser(of: question), case .approve = verdict { throw .ownRequest }
        }
        guard case .approve(let amount, let until) = verdict else { return }
        guard until > now else { throw .endPassed }
        if let last = earlier.until, last > now, until < last { throw .endsTooSoon(earlier: last) }
        guard amount > 0, amount <= Adjustment.maximum else { throw .amountTooLarge }
        if question.meter == .cost, let limit = approver?.limit {
            let left = Int64(clamping: max(0, Int128(limit.nanos) - Int128(earlier.amount)))
            guard amount <= left else { throw .aboveLimit(limit: limit, left: Money(nanos: left)) }
        }
    }
}
