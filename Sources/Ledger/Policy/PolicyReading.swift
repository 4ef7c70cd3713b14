/// A policy that can be used, and what is odd about it.
public struct PolicyReading: Sendable {
    public let policy: Policy
    /// Nothing that keeps the policy from being applied.
    public let warnings: [PolicyIssue]
}
