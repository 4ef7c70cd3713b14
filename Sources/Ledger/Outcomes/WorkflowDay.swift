/// One day of a workflow.
public struct WorkflowDay: Hashable, Sendable {
    public let start: Timestamp
    public var sums: WorkflowSums
    /// Model calls by model.
    public var calls: [String: Int64]

    public static let seconds: Int64 = 86_400

    public init(start: Timestamp, sums: WorkflowSums = WorkflowSums(), calls: [String: Int64] = [:]) {
        self.start = start
        self.sums = sums
        self.calls = calls
    }

    /// The model that made at least half of the day's model calls; nil where none did.
    var leadingModel: String? {
        let all = calls.values.reduce(Int128(0)) { $0 + Int128($1) }
        guard all > 0, let (model, count) = calls.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return nil }
        return Int128(count) * 2 >= all ? model : nil
    }
}
