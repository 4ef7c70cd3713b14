internal import Ledger

/// How many refusals of each organisation and agent got a row of their own in the current minute. Only bounds what is written; nothing
/// that must survive a restart.
struct RefusalCap {
    static let rowsPerAgentAndMinute = 60
    /// A loop that makes up a new agent for each call is bounded too.
    static let rowsPerOrganisationAndMinute = 600

    /// Each is a question to a person.
    static let approvalsPerAgentAndMinute = 20
    static let approvalsPerOrganisationAndMinute = 200

    private var minute: Int64 = 0
    private var approvals: [Identifier: (all: Int, byAgent: [String: Int])] = [:]
    private var rows: [Identifier: (all: Int, byAgent: [String: Int])] = [:]

    /// Whether the next refusal of this agent gets a row.
    mutating func takesRow(organisation: Identifier, agent: String, at now: Timestamp) -> Bool {
        turn(to: now)
        return Self.take(
            &rows[organisation, default: (0, [:])], agent, all: Self.rowsPerOrganisationAndMinute, each: Self.rowsPerAgentAndMinute)
    }

    /// Whether a person is asked for this agent once more.
    mutating func takesApproval(organisation: Identifier, agent: String, at now: Timestamp) -> Bool {
        turn(to: now)
        return Self.take(
            &approvals[organisation, default: (0, [:])], agent, all: Self.approvalsPerOrganisationAndMinute,
            each: Self.approvalsPerAgentAndMinute)
    }

    private mutating func turn(to now: Timestamp) {
        let current = now.seconds / 60
        guard current != minute else { return }
        minute = current
        rows.removeAll(keepingCapacity: true)
        approvals.removeAll(keepingCapacity: true)
    }

    private static func take(_ taken: inout (all: Int, byAgent: [String: Int]), _ agent: String, all: Int, each: Int) -> Bool {
        guard taken.all < all, taken.byAgent[agent, default: 0] < each else { return false }
        taken.all += 1
        taken.byAgent[agent, default: 0] += 1
        return true
    }
}
