public import Ledger

/// What a policy would change, before it is applied.
public struct PolicyPreview: Sendable {
    public let changes: [PolicyChange]
    public let warnings: [PolicyIssue]
    /// Live balances that the new limits would put above them, the first `maximumListed`.
    public let overLimit: [BalanceView]
    public let overLimitTotal: Int64

    /// The most balances that are listed.
    public static let maximumListed = 100
}
