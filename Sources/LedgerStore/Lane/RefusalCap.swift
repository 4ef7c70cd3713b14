internal import Ledger

/// How many refusals of each agent got a row of their own in the current minute. Only bounds what is written; nothing
/// that must survive a restart.
struct RefusalCap {
    static let rowsPerAgentAndMinute = 60

    private var minute: Int64 = 0
    private var rows: [String: Int] = [:]

    /// Whether the next refusal of this agent gets a row.
    mutating func takesRow(agent: String, at now: Timestamp) -> Bool {
        let current = now.seconds / 60
        if current != minute {
            minute = current
            rows.removeAll(keepingCapacity: true)
        }
        let taken = rows[agent, default: 0]
        rows[agent] = taken + 1
        return taken < Self.rowsPerAgentAndMinute
    }
}
