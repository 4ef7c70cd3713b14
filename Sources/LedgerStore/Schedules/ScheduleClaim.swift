public import Ledger

/// The right to run a job, which one run has at a time. It is lost unless it is renewed.
public struct ScheduleClaim: Sendable {
    public let name: String
    /// Of this run alone.
    public let id: Identifier
}
