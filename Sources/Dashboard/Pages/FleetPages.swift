internal import Ledger

/// The fleet: what agents do now.
enum FleetPages {
    /// How many open holds are counted at most.
    private static let holdLimit = 200
    private static let pageSize = 50
    private static let hourSeconds: Int64 = 3_600

    static func add(to site: inout Site) {
        site.page("/fleet", show)
    }

    // MARK: - What the interface tells

    struct Report: Decodable, Sendable {
        let data: [AgentRow]
        let next: String?
        let from: Timestamp
        let pendingSettlements: Int64
    }

    struct AgentRow: Decodable, Sendable {
        let agentId: String
        let workflowName: String?
        let cost: String
        let calls: Int64
        let toolCalls: Int64
        let failed: Int64
        let costPerDay: String
        let medianDayCost: String?
        let aboveTwiceMedian: Bool
    }

    struct Hold: Decodable, Sendable {
        let tags: [String: String]
        let held: RunPage.Amounts
    }

    struct Stop: Decodable, Sendable {
        let id: String
        let subject: Subject
    }

    // MARK: - What the page shows

    struct Content: Sendable {
        struct Agent: Sendable {
            let name: String
            let path: String
            let workflow: String?
            /// The path of its suspension.
            let suspension: String?
            let isHigh: Bool
            let spent: AmountText?
            let rate: AmountText?
            let usual: AmountText?
            let calls: String
            let toolCalls: String
            let failed: String
            let held: AmountText?
            let holds: String
        }

        let since: TimeText
        let pending: String?
        let agentCount: String
        let spent: AmountText
        let heldNow: AmountText
        let holdCount: Int
        let holdsCut: Bool
        let suspendedCount: Int
        let isEmpty: Bool
        let agents: [Agent]
        let more: String?
    }

    /// The start of the hour so many hours before: sums are kept by the hour.
    static func hours(before now: Timestamp, _ hours: Int64) -> Timestamp {
        Timestamp(seconds: (now.seconds / hourSeconds - hours) * hourSeconds)
    }

    private static func show(_ visit: Visit) async throws -> View {
        let from = hours(before: visit.now, 1)
        let cursor = visit.query["after"]
        // A page goes on with the time of the page before.
        let start = cursor == nil ? from.description : nil
        let report: Report = try await visit.get(
            ["v1", "reports", "agents"], [("from", start), ("limit", "\(pageSize)"), ("after", cursor)])
        let holds: Listing<Hold>? = try await visit.getIfAllowed(["v1", "reservations"], [("state", "open"), ("limit", "\(holdLimit)")])
        let stops: Listing<Stop>? = try await visit.getIfAllowed(
            ["v1", "suspensions"], [("state", "open"), ("subject_type", "agent"), ("limit", "\(holdLimit)")])
        let content = content(visit, report, holds: holds, stops: stops, isFirst: cursor == nil)
        return View("Live fleet", entry: Paths.fleet, template: "fleet", content: content, canRefresh: true)
    }

    private static func content(_ visit: Visit, _ report: Report, holds: Listing<Hold>?, stops: Listing<Stop>?, isFirst: Bool) -> Content {
        var held: [String: (count: Int, nanos: Int64)] = [:]
        for hold in holds?.data ?? [] {
            guard let agent = hold.tags["agent_id"] else { continue }
            let before = held[agent] ?? (0, 0)
            held[agent] = (before.count + 1, before.nanos &+ (Money(hold.held.cost)?.nanos ?? 0))
        }
        func money(of agent: String) -> AmountText? { held[agent].map { visit.money(Money(nanos: $0.nanos).description) } }
        var stopped: [String: String] = [:]
        for stop in stops?.data ?? [] where stop.subject.type == "agent" { stopped[stop.subject.id] = stop.id }
        var agents = report.data.map { row in
            Content.Agent(
                name: row.agentId, path: Paths.agent(row.agentId), workflow: row.workflowName,
                suspension: stopped[row.agentId].map(Paths.breaker), isHigh: row.aboveTwiceMedian, spent: visit.money(row.cost),
                rate: visit.money(row.costPerDay), usual: visit.money(row.medianDayCost), calls: AmountText(count: row.calls).text,
                toolCalls: AmountText(count: row.toolCalls).text, failed: AmountText(count: row.failed).text,
                held: money(of: row.agentId), holds: "\(held[row.agentId]?.count ?? 0)")
        }
        if isFirst {
            let known = Set(report.data.map(\.agentId))
            for agent in Set(held.keys).union(stopped.keys).subtracting(known).sorted() {
                agents.append(
                    Content.Agent(
                        name: agent, path: Paths.agent(agent), workflow: nil, suspension: stopped[agent].map(Paths.breaker),
                        isHigh: false, spent: visit.money("0"), rate: nil, usual: nil, calls: "0", toolCalls: "0", failed: "0",
                        held: money(of: agent), holds: "\(held[agent]?.count ?? 0)"))
            }
        }
        let spent = report.data.reduce(Money.zero) { Money(nanos: $0.nanos &+ (Money($1.cost)?.nanos ?? 0)) }
        return Content(
            since: visit.text(report.from), pending: report.pendingSettlements > 0 ? "\(report.pendingSettlements)" : nil,
            agentCount: "\(agents.count)" + (report.next == nil ? "" : "+"),
            spent: visit.money(spent.description), heldNow: visit.money(Money(nanos: held.values.reduce(0) { $0 &+ $1.nanos }).description),
            holdCount: holds?.data.count ?? 0, holdsCut: holds?.next != nil,
            suspendedCount: stopped.count, isEmpty: agents.isEmpty, agents: agents,
            more: Paths.next(Paths.fleet, report.next))
    }
}
