public import Ledger

/// How many calls, and how much of the money, carry the tags that the policy asks for.
public struct CoverageReport: Sendable {
    public struct Share: Sendable {
        public internal(set) var calls: Int64 = 0
        public internal(set) var coveredCalls: Int64 = 0
        /// Nano-units.
        public internal(set) var cost: Int64 = 0
        public internal(set) var coveredCost: Int64 = 0

        mutating func add(calls: Int64, cost: Int64, isCovered: Bool) {
            UsageSums.add(&self.calls, calls)
            UsageSums.add(&self.cost, cost)
            guard isCovered else { return }
            UsageSums.add(&coveredCalls, calls)
            UsageSums.add(&coveredCost, cost)
        }
    }

    /// Calls that lack something.
    public struct Offender: Sendable {
        public let workflow: String?
        public let agentID: String?
        public let calls: Int64
        public let cost: Int64
    }

    public struct Row: Sendable {
        /// Of which a call carries at least one.
        public let tags: [String]
        /// Of the calls that are asked for them.
        public internal(set) var share = Share()
        /// The dearest first, five at most.
        public internal(set) var worst: [Offender] = []

        public var id: Identifier {
            var bytes = CanonicalBytes()
            for tag in tags { bytes.append(tag) }
            return Digest.identifier(bytes.bytes)
        }
    }

    public let rows: [Row]
    /// Calls with everything that their environment asks for, among all.
    public let whole: Share
    public let waiting: Int64
}

extension ReportStore {
    private static let offenderLimit = 5

    private struct Who: Hashable {
        let workflow: String?
        let agentID: String?
    }

    /// - Throws: `ReportError`.
    public func coverage(_ period: ReportPeriod, filter: ReportFilter, state: OrganisationState) async throws -> CoverageReport {
        let reader = UsageReader(pool: pool, organisation: state.organisation.id, filter: filter)
        let waiting = try await reader.waiting()
        let coverage = TagCoverage(state.policy.tagRules)
        let names = Set(coverage.groups.flatMap { $0 } + ["environment", "workflow_name", "agent_id"]).subtracting(ReportDimension.leftOut).sorted()
        let shape = ReportKey.Shape(names: names, hasModel: false, hasTool: false)
        let groups = coverage.groups.filter { !$0.contains(where: ReportDimension.leftOut.contains) }
        var rows = groups.map { CoverageReport.Row(tags: $0) }
        var lacking: [[Who: (calls: Int64, cost: Int64)]] = Array(repeating: [:], count: groups.count)
        var whole = CoverageReport.Share()
        for (cell, sums) in try await reader.read(shape, edges: [period.range.lowerBound, period.range.upperBound]) {
            let tags = cell.key.tags(shape)
            let asked = coverage.asked(in: tags["environment"])
            let calls = sums.allCalls
            var isWhole = true
            for (index, group) in groups.enumerated() where asked.contains(group) {
                let isCovered = group.contains { tags[$0] != nil }
                rows[index].share.add(calls: calls, cost: sums.cost, isCovered: isCovered)
                guard !isCovered else { continue }
                isWhole = false
                let who = Who(workflow: tags["workflow_name"], agentID: tags["agent_id"])
                UsageSums.add(&lacking[index][who, default: (0, 0)].calls, calls)
                UsageSums.add(&lacking[index][who, default: (0, 0)].cost, sums.cost)
            }
            whole.add(calls: calls, cost: sums.cost, isCovered: isWhole)
        }
        for index in rows.indices { rows[index].worst = Self.worst(lacking[index]) }
        return CoverageReport(rows: rows, whole: whole, waiting: waiting)
    }

    private static func worst(_ lacking: [Who: (calls: Int64, cost: Int64)]) -> [CoverageReport.Offender] {
        let sorted = lacking.sorted { a, b in
            if a.value.cost != b.value.cost { return a.value.cost > b.value.cost }
            if a.value.calls != b.value.calls { return a.value.calls > b.value.calls }
            return ReportOrder.precedes([a.key.workflow, a.key.agentID], [b.key.workflow, b.key.agentID])
        }
        return sorted.prefix(offenderLimit).map {
            CoverageReport.Offender(workflow: $0.key.workflow, agentID: $0.key.agentID, calls: $0.value.calls, cost: $0.value.cost)
        }
    }
}
