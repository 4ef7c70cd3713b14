/// A balance that the record names.
public struct StartingBalance: Sendable {
    public let identity: BalanceIdentity
    /// As it stood when the replayed period began; nil: it had no fact by then.
    public let balance: Balance?
    /// The highest share of the limit, in per cent, that has suspended its subject to this day; 0: none.
    public let suspendedUpTo: Int64

    public init(identity: BalanceIdentity, balance: Balance?, suspendedUpTo: Int64 = 0) {
        self.identity = identity
        self.balance = balance
        self.suspendedUpTo = suspendedUpTo
    }

    /// The balance with the steps that it had passed by then and that a plan has. A step that is passed by whom another one
    /// has suspended already is told to nobody, so no event has it.
    func balance(by envelope: Envelope?) -> Balance? {
        guard var balance, let envelope else { return balance }
        for case let (step, at?) in envelope.plan.suspensions.map({ ($0, $0.at) })
        where at <= suspendedUpTo && step.isExceeded(by: Int128(balance.spent), of: balance.limit) {
            balance.marks.suspended = max(balance.marks.suspended, at)
        }
        return balance
    }
}
