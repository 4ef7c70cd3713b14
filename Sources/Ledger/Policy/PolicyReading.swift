/// A policy that can be used, and what is odd about it.
public struct PolicyReading: Sendable {
    public let policy: Policy
    /// Nothing that keeps the policy from being applied.
    public let warnings: [PolicyIssue]
    /// Where each model of the routes stands.
    public let models: [Place]
    /// Where each webhook that a contact names stands.
    public let channels: [Place]

    /// Where something stands.
    public struct Place: Sendable {
        public let name: String
        public let file: String?
        public let line: Int
        public let pointer: String
    }
}
