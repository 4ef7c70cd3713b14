/// What an approval gives: an amount for one run beyond an envelope, a balance of its own. It is drawn by that run's calls
/// which the envelope would not admit, until it is empty or its time is over.
///
/// All grants of one scope (run, envelope, key and window) share a balance, whose id is the scope's: so the calls of a run
/// know it before it exists. Draws take from the grant that ends first.
public enum Grant {
    /// Stands where other balances name the rule of their envelope.
    public static let rule = "grant"
    /// How long a grant lasts if the approver does not say: an hour.
    public static let standardSeconds: Int64 = 3_600
    /// The longest that a grant may last: 30 days.
    public static let maximumSeconds: Int64 = 2_592_000

    /// What the balance of the grants for a question is the balance of: the envelope's key, and whom it serves.
    public static func identity(of question: ApprovalQuestion) -> BalanceIdentity {
        var (names, values) = (question.names, question.values)
        if let beneficiary = question.beneficiary, !names.contains(beneficiary.name) {
            names.append(beneficiary.name)
            values.append(beneficiary.value)
        }
        return BalanceIdentity(
            id: question.scope, envelope: question.envelope, meter: question.meter, rule: rule, names: names, values: values,
            window: question.window)
    }

    /// Whether a grant lets a call pass: it has not ended, and enough of it is left.
    static func covers(_ amount: Int64, of balance: Balance) -> Bool {
        balance.marks.nextExpiry != nil && balance.used + Int128(amount) <= Int128(balance.limit)
    }

    /// The limit of a balance after a settlement. What comes back after the end of its grant is lost with the grant: no later
    /// one gives it.
    static func limit(of balance: Balance, _ identity: BalanceIdentity, after change: Settlement.Change) -> Int64 {
        guard identity.isGrant else { return balance.limit }
        let used = balance.used + Int128(change.held) + Int128(change.spent)
        let excess = Int128(balance.limit) - used - Int128(balance.marks.granted)
        return excess > 0 ? Int64(clamping: Int128(balance.limit) - excess) : balance.limit
    }

    /// What is left of one grant.
    ///
    /// - Parameters:
    ///   - amount: what it gave.
    ///   - later: what those gave that end after it.
    ///   - balance: that of all of them.
    public static func left(of amount: Int64, later: Int64, balance: Balance) -> Int64 {
        let rest = Int128(balance.limit) - balance.used - Int128(later)
        return Int64(clamping: max(0, min(Int128(amount), rest)))
    }
}
