import Ledger
import Testing
import WebText

@testable import Dashboard

@Suite("Every page")
struct PageTests {
    /// Read once: the document is long.
    private static let examples = Result { try Examples() }
    private static let names: [String: String] = [
        "agent_id": "triage-7", "run_id": "run/9f2", "name": "support-triage", "version": "2", "id": "01a1fd8c-6900-752e-8269-e0d3f2a74de4",
    ]

    @Test("shows what the examples of the interface say", arguments: Site.standard.pages.keys.sorted())
    func examples(pattern: String) async throws {
        let examples = try Self.examples.get()
        let parameters = Self.names.filter { pattern.contains("{\($0.key)}") }
        let path = parameters.reduce(pattern) { $0.replacing("{\($1.key)}", with: URLText.escaped($1.value)) }
        let visit = Visit(
            visitor: Visitor(name: "Ada", role: .admin, organisation: "default", currency: "EUR", isInstallation: true), path: path,
            parameters: parameters, now: try #require(Timestamp(rfc3339: "2026-11-21T11:20:00Z")), interface: Interface { examples.answer($0) })
        let page = try #require(Site.standard.pages[pattern])
        let html = try Renderer().page(try await page(visit), for: visit, session: Renderer.Session(csrf: "token"))
        #expect(html.contains("<h1>") && html.contains("</html>"))
        #expect(!html.contains("Optional(") && !html.contains("{{"))
        #expect(!html.contains("<script") && !html.contains(" style="))
    }

    @Test("is reached by the navigation of those who may read it")
    func navigation() {
        let entries = Navigation.groups.flatMap(\.entries)
        #expect(Set(entries.map(\.path)).count == entries.count)
        for entry in entries { #expect(Site.standard.pages[entry.path] != nil, "\(entry.path)") }
        for role in [Visitor.Role.gateway, .finance, .approver, .operator, .admin] {
            let visitor = Visitor(name: "x", role: role, organisation: "x", currency: "EUR")
            #expect(entries.contains { $0.path == Site.home(of: visitor) && $0.isShown(to: visitor) }, "\(role)")
        }
    }

    @Test("has tables whose cells can stand alone on a phone")
    func cards() {
        var cells = 0
        for (name, text) in Assets.templates where text.contains("<table class=\"cards\"") {
            for match in text.matches(of: #/<(td|tr|th|thead|tbody)(\s[^>]*)?>/#) {
                let attributes = match.output.2 ?? ""
                #expect(attributes.contains("role="), "\(name): \(match.output.0)")
                #expect(match.output.1 != "td" || attributes.contains("data-label="), "\(name): \(match.output.0)")
                cells += 1
            }
        }
        #expect(cells > 200)
    }

    @Test("names only templates that there are")
    func partials() {
        let names = Set(Assets.templates.map(\.name))
        #expect(names.count == Assets.templates.count && names.count > 30)
        for (name, text) in Assets.templates {
            for match in text.matches(of: #/\{\{[>&<]\s*([\w-]+)\s*\}\}/#) {
                #expect(names.contains(String(match.output.1)), "\(name) names \(match.output.1)")
            }
        }
    }
}
