internal import Charts
internal import Ledger
internal import WebText

/// Imported logs: how far each is, what was refused, what it tells, and a policy to begin with.
enum ImportPages {
    static func add(to site: inout Site) {
        site.page("/imports", list)
        site.page("/imports/{id}", show)
    }

    struct Row: Sendable {
        let name: String
        let importPath: String
        let state: String
        let isFailed: Bool
        let lines: String
        let taken: String
        let refused: String
        let already: String
        let cost: AmountText
        let began: TimeText
        let author: String
        let failure: String?

        init(_ visit: Visit, _ told: Imports.Import) {
            name = told.name
            importPath = Paths.logImport(told.id)
            state = told.state.replacing("_", with: " ")
            isFailed = told.failure != nil
            lines = AmountText(count: told.lines).text
            taken = AmountText(count: told.taken).text
            refused = AmountText(count: told.refused).text
            already = AmountText(count: told.alreadyThere).text
            cost = visit.money(told.cost)
            began = visit.text(told.beganAt)
            author = told.author
            failure = told.failure
        }
    }

    struct Listed: Sendable {
        let rows: [Row]
        let isEmpty: Bool
        let more: String?
    }

    struct Content: Sendable {
        struct Refused: Sendable {
            let line: String
            let place: String?
            let reason: String
        }

        struct Lack: Sendable {
            let tag: String
            let percent: String
            let calls: String
            let most: [String]
        }

        struct Cap: Sendable {
            let envelope: String
            let spent: AmountText
            let monthly: AmountText
            let limit: AmountText
        }

        let row: Row
        let refused: [Refused]
        let hasRefused: Bool
        let chart: String?
        let lacks: [Lack]
        let hasLacks: Bool
        let caps: [Cap]
        let hasCaps: Bool
        let policy: String?
        let policyPath: String
    }

    private static func list(_ visit: Visit) async throws -> View {
        let imports: Listing<Imports.Import> = try await visit.get(["v1", "imports"], [("limit", "50"), ("after", visit.query["after"])])
        let content = Listed(
            rows: imports.data.map { Row(visit, $0) }, isEmpty: imports.data.isEmpty, more: Paths.next(Paths.imports, imports.next))
        return View("Imports", entry: Paths.imports, template: "imports", content: content)
    }

    private static func show(_ visit: Visit) async throws -> View {
        let id = visit.parameter("id")
        let told: Imports.Import = try await visit.get(["v1", "imports", id])
        let report: Imports.Report? = try await visit.getIfAllowed(["v1", "imports", id, "report"])
        let policy = report == nil ? nil : try await visit.document(["v1", "imports", id, "policy"])
        let dearest = (report?.dearest["workflow_name"] ?? []).map { ($0.value, $0.cost, String?.none) }
        let chart = SpendCharts(visit: visit).shares(dearest, id: "dearest", title: "Dearest workflows of the log").html
        let content = Content(
            row: Row(visit, told), refused: told.refusedLines.map { .init(line: "\($0.line)", place: $0.place, reason: $0.reason) },
            hasRefused: !told.refusedLines.isEmpty, chart: dearest.isEmpty ? nil : chart,
            lacks: (report?.coverage ?? []).filter { $0.missingCalls > 0 }.map { lack in
                .init(
                    tag: lack.tag, percent: lack.missingPercent.map { PercentText.text($0) } ?? "–", calls: AmountText(count: lack.missingCalls).text,
                    most: lack.most.map { "\($0.value ?? GroupText.none): \(AmountText(count: $0.missingCalls).text)" })
            },
            hasLacks: report?.coverage.contains { $0.missingCalls > 0 } ?? false,
            caps: (report?.suggestedCaps ?? []).map {
                .init(envelope: $0.envelope, spent: visit.money($0.spent), monthly: visit.money($0.monthly), limit: visit.money($0.limit))
            },
            hasCaps: report.map { !$0.suggestedCaps.isEmpty } ?? false, policy: policy,
            policyPath: Paths.logImport(id) + "/policy")
        return View(told.name, entry: Paths.imports, crumbs: [.init("Imports", Paths.imports)], template: "import", content: content)
    }
}

extension Visit {
    /// Text of the interface that is no JSON, such as a policy; nil where there is none.
    ///
    /// - Parameter segments: of the path, not escaped.
    func document(_ segments: [String]) async throws -> String? {
        let answer = try await interface.ask(InterfaceRequest(.get, URLText.path(segments)))
        return answer.status == 200 ? String(decoding: answer.body, as: UTF8.self) : nil
    }
}
