public import Ledger

/// A run as the sums of usage tell it: what was booked of it, as far as it is rolled up.
public struct RunSummary: Sendable {
    /// Of the run's id; the cursor of a list.
    public let id: Identifier
    public let runID: String
    /// When its first and its last call were settled.
    public let firstAt: Timestamp
    public let lastAt: Timestamp
    public let cost: Int64
    public let modelCalls: Int64
    public let toolCalls: Int64
    public let failed: Int64
    public let empty: Int64
    /// Holds that were released or expired.
    public let unused: Int64
    public let inputTokens: Int64
    public let outputTokens: Int64
    /// The model and the decision point of its dearest call.
    public let topModel: String?
    public let topStep: String?
    /// Those of its dearest call, without run and session.
    public let tags: Tags
}
