internal import Ledger

/// Runs: agent tasks, the latest or the dearest first.
enum RunPages {
    private struct Summary: Decodable, Sendable {
        let runId: String
        let firstAt: Timestamp
        let lastAt: Timestamp
        let cost: String
        let modelCalls: Int64
        let toolCalls: Int64
        let failed: Int64
        let model: String?
        let tags: [String: String]
    }

    struct Content: Sendable {
        let filters: [FormField]
        let isFiltered: Bool
        let isEmpty: Bool
        let table: RunTable
        let more: String?
    }

    /// For the template `run-table`.
    struct RunTable: Sendable {
        struct Row: Sendable {
            let path: String
            let run: String
            let agentPath: String?
            let agent: String?
            let workflow: String?
            let cost: AmountText
            let modelCalls: String
            let toolCalls: String
            let failed: String
            let model: String?
            let lastAt: TimeText
        }

        let caption: String
        let runs: [Row]
    }

    static func add(to site: inout Site) {
        site.page("/runs", list)
        site.page("/runs/{run_id}", RunPage.show)
    }

    private static let filterNames = [("agent_id", "Agent"), ("workflow_name", "Workflow"), ("user_id", "User"), ("model", "Model")]

    private static func list(_ visit: Visit) async throws -> View {
        let fields = (filterNames.map(\.0) + ["sort", "from", "to"]).map { ($0, visit.query[$0]) }
        let found: Listing<Summary> = try await visit.get(["v1", "runs"], fields + [("after", visit.query["after"])])
        let attempt = Attempt(visit.query)
        let filters =
            filterNames.map { FormField($0.0, $0.1, in: "filter", attempt: attempt) } + [
                FormField(
                    "sort", "Order", in: "filter", attempt: attempt, value: "recent",
                    choices: [("recent", "Latest first"), ("cost", "Dearest first")])
            ]
        let content = Content(
            filters: filters, isFiltered: filterNames.contains { visit.query[$0.0] != nil }, isEmpty: found.data.isEmpty,
            table: table(found, visit, caption: "Runs of the last 30 days"), more: Paths.next(Paths.runs, found.next, fields))
        return View("Runs", entry: Paths.runs, template: "runs", content: content)
    }

    /// The latest runs of an agent; nil where the visitor may not see runs.
    static func latest(of agent: String, _ visit: Visit) async throws -> RunTable? {
        let found: Listing<Summary>? = try await visit.getIfAllowed(["v1", "runs"], [("agent_id", agent), ("limit", "10")])
        return found.map { table($0, visit, caption: "Its latest runs") }
    }

    private static func table(_ found: Listing<Summary>, _ visit: Visit, caption: String) -> RunTable {
        RunTable(
            caption: caption,
            runs: found.data.map { run in
                RunTable.Row(
                    path: Paths.run(run.runId), run: run.runId, agentPath: run.tags["agent_id"].map(Paths.agent), agent: run.tags["agent_id"],
                    workflow: run.tags["workflow_name"], cost: visit.money(run.cost), modelCalls: AmountText(count: run.modelCalls).text,
                    toolCalls: AmountText(count: run.toolCalls).text, failed: AmountText(count: run.failed).text, model: run.model,
                    lastAt: visit.text(run.lastAt))
            })
    }
}
