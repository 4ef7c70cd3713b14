public import Ledger

/// The agents, the dearest first, each against its own week before.
public struct AgentReport: Sendable {
    public struct Row: Sendable {
        public let agentID: String
        /// That it spent most in.
        public internal(set) var workflow: String?
        public internal(set) var sums = UsageSums()
        /// Runs that began in the period, with what they cost until now.
        public internal(set) var runs: Int64 = 0
        public internal(set) var runCost: Int64 = 0
        /// What it spent in each of the seven times 24 hours before the period, the oldest first.
        public internal(set) var days: [Int64] = Array(repeating: 0, count: AgentReport.days)
        /// In the period, for 24 hours, in nano-units.
        public internal(set) var dayCost: Int64 = 0

        /// The median of the days on which it spent anything; nil for fewer than three of them.
        public var median: Int64? {
            let active = days.filter { $0 > 0 }
            return active.count >= 3 ? Change.median(active) : nil
        }

        /// More than twice its median.
        public var isUnusual: Bool { median.map { Int128(dayCost) > Int128($0) * 2 } ?? false }

        public var id: Identifier {
            var bytes = CanonicalBytes()
            bytes.append(agentID)
            return Digest.identifier(bytes.bytes)
        }
    }

    static let days = 7

    public let rows: [Row]
    public let waiting: Int64
}

extension ReportStore {
    /// Agents that spent or called in a period whose time is not cut.
    ///
    /// - Throws: `ReportError`.
    public func agents(_ period: ReportPeriod, filter: ReportFilter, state: OrganisationState) async throws -> AgentReport {
        let reader = UsageReader(pool: pool, organisation: state.organisation.id, filter: filter)
        let waiting = try await reader.waiting()
        let start = period.range.lowerBound
        var rows: [String: AgentReport.Row] = [:]
        var workflows: [String: [String: Int64]] = [:]
        // Apart, so that the days of many agents are not told apart by workflow, of which nobody asks.
        let edges = (0...AgentReport.days).map { start - Int64(AgentReport.days - $0) * 86_400 }
        let byAgent = ReportKey.Shape(names: ["agent_id"], hasModel: false, hasTool: false)
        for (cell, sums) in try await reader.read(byAgent, edges: edges) where (0..<AgentReport.days).contains(cell.slot) {
            guard let agent = cell.key.values.first ?? nil else { continue }
            UsageSums.add(&rows[agent, default: AgentReport.Row(agentID: agent)].days[cell.slot], sums.cost)
        }
        let byWorkflow = ReportKey.Shape(names: ["agent_id", "workflow_name"], hasModel: false, hasTool: false)
        for (cell, sums) in try await reader.read(byWorkflow, edges: [start, period.range.upperBound]) {
            guard let agent = cell.key.values.first ?? nil else { continue }
            rows[agent, default: AgentReport.Row(agentID: agent)].sums += sums
            if let workflow = cell.key.values.last ?? nil { UsageSums.add(&workflows[agent, default: [:]][workflow, default: 0], sums.cost) }
        }
        let runs = try await reader.runs(period.range)
        let used = rows.values.filter { $0.sums.calls > 0 || $0.sums.toolCalls > 0 || $0.sums.cost > 0 }.map { row in
            var row = row
            row.workflow = workflows[row.agentID]?.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
            row.runs = runs[row.agentID]?.count ?? 0
            row.runCost = runs[row.agentID]?.cost ?? 0
            row.dayCost = Int64(clamping: Int128(row.sums.cost) * 86_400 / Int128(period.range.count))
            return row
        }
        return AgentReport(
            rows: used.sorted { $0.sums.cost != $1.sums.cost ? $0.sums.cost > $1.sums.cost : $0.agentID < $1.agentID }, waiting: waiting)
    }
}
