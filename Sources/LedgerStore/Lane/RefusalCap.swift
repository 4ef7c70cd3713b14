internal import Ledger

/// How many refusals of each organisation and agent got a row of their own in the current minute. Only bounds what is written; nothing
/// that must survive a restart.
struct RefusalCap {
    static let rowsPerAgentAndMinute = 60
    /// A loop that makes up a new agent for each call is bounded too.
    static let rowsPerOrganisationAndMinute = 600

    private var minute: Int64 = 0
    private var rows: [Identifier: (all: Int, byAgent: [String: Int])] = [:]

    /// Whether the next refusal of this agent gets a row.
    mutating func takesRow(organisation: Identifier, agent: String, at now: Timestamp) -> Bool {
        let current = now.seconds / 60
        if current != minute {
            minute = current
            rows.removeAll(keepingCapacity: true)
        }
        var taken = rows[organisation] ?? (all: 0, byAgent: [:])
        guard taken.all < Self.rowsPerOrganisationAndMinute, taken.byAgent[agent, default: 0] < Self.rowsPerAgentAndMinute else { return false }
        taken.all += 1
        taken.byAgent[agent, default: 0] += 1
        rows[organisation] = taken
        return true
    }
}
