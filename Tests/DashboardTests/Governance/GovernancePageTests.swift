import Charts
import Foundation
import Ledger
import Testing

@testable import Dashboard

@Suite("Governance pages say what they were told, and nothing else")
struct GovernancePageTests {
    private static let version =
        #""version":2,"author":"ada","message":"the reason","created_at":"2026-11-20T08:00:00Z","checksum":"c""#
    private static let envelope =
        #"{"name":"a","meter":"cost","match":{},"per":[],"limit":"10","per_call":null,"window":{"every":"month"},"rollover":null,"plan":[{"at":100,"do":"refuse"}],"owner":null,"channels":[],"playbook":"javascript:alert(1)","mode":"enforce","policy_version":1,"frozen":null,"downgraded":[],"recent_events":[]}"#

    /// A page for a role, of an interface that says this.
    private static func html(
        _ path: String, _ role: Visitor.Role, _ told: [String: String], pattern: String? = nil, parameters: [String: String] = [:]
    ) async throws -> String {
        let visit = Visit(
            visitor: Visitor(name: "a", role: role, organisation: "o", currency: "EUR"), path: path, parameters: parameters,
            now: try #require(Timestamp(rfc3339: "2026-11-21T11:20:00Z")),
            interface: Interface { asked in
                let route = String(asked.path.prefix { $0 != "?" })
                guard let text = told[route] else {
                    let problem = #"{"type":"/problems/forbidden","title":"Forbidden","status":403,"detail":"no"}"#
                    return InterfaceAnswer(status: 403, body: Array(problem.utf8))
                }
                return InterfaceAnswer(status: 200, body: Array(text.utf8))
            })
        let page = try #require(Site.standard.pages[pattern ?? path])
        return try Renderer().page(try await page(visit), for: visit, session: Renderer.Session(csrf: "token"))
    }

    @Test("a version without a reason does not borrow that of the version in force, nor its link")
    func versions() async throws {
        let policy = "{\(Self.version),\"source\":\"\",\"envelopes\":[],\"workflows\":[],\"warnings\":[]}"
        let first = Self.version.replacing("\"version\":2", with: "\"version\":1").replacing("the reason", with: "")
        let html = try await Self.html(
            "/dashboard/policy", .gateway, ["/v1/policy": policy, "/v1/policy/versions": "{\"data\":[{\(Self.version)},{\(first)}],\"next\":null}"])
        #expect(html.ranges(of: "the reason").count == 2 && html.ranges(of: "not said").count == 1)
        #expect(html.ranges(of: "/versions/2/difference").count == 2 && !html.contains("/versions/1/difference"))
    }

    @Test("who may not read reports sees envelopes without amounts, and no forms; a playbook that is no web page is no link")
    func roles() async throws {
        let listed = try await Self.html("/dashboard/envelopes", .gateway, ["/v1/envelopes": "{\"data\":[\(Self.envelope)],\"next\":null}"])
        #expect(listed.contains("Nobody owns these") && !listed.contains("Forecast") && listed.contains("€10.00"))
        let balances = #"{"data":[],"next":null}"#
        let told = ["/v1/envelopes/a": Self.envelope, "/v1/envelopes/a/balances": balances, "/v1/reports/envelopes": balances]
        let pattern = "/dashboard/envelopes/{name}"
        for (role, may) in [(Visitor.Role.gateway, false), (.approver, false), (.finance, true), (.operator, true)] {
            let html = try await Self.html("/dashboard/envelopes/a", role, told, pattern: pattern, parameters: ["name": "a"])
            #expect(html.contains("/adjust\"") == may && html.contains("/freeze\"") == may)
            #expect(!html.contains("javascript:"))
        }
    }

    @Test("days without a row leave the line of the month level")
    func levelDays() throws {
        let first: Int64 = 1_793_491_200  // 1 November 2026
        let now = Timestamp(seconds: first + 10 * 86_400)
        let visit = Visit(
            visitor: Visitor(name: "a", role: .finance, organisation: "o", currency: "EUR"), path: "/", now: now,
            interface: Interface { _ in InterfaceAnswer(status: 404, body: []) })
        func row(_ day: Int64, _ cost: String) -> Reports.Spend.Row {
            Reports.Spend.Row(
                group: [:], start: Timestamp(seconds: first + day * 86_400), end: Timestamp(seconds: first + (day + 1) * 86_400), cost: cost,
                held: "0", calls: 1, toolCalls: 0, tokens: 0, previousCost: "0", changePercent: nil, links: .init(reservations: nil, runs: nil))
        }
        let totals = Reports.Spend.Totals(cost: "9", held: "0", calls: 2, toolCalls: 0, tokens: 0, previousCost: "0", changePercent: nil)
        let report = Reports.Spend(
            data: [row(6, "4"), row(2, "5")], next: nil, from: Timestamp(seconds: first), to: now, previousFrom: now, previousTo: now,
            pendingSettlements: 0, totals: totals, forecast: nil)
        let chart = SpendCharts(visit: visit).burn(
            report, month: first..<first + 30 * 86_400, before: ("Oct 2026", "30"), marks: [], title: "Spent")
        #expect(chart.points.map { Int(($0.position * 30).rounded()) } == [0, 2, 3, 6, 7, 10])
        #expect(chart.points.map(\.value) == [0, 0, 5, 5, 9, 9])
        #expect(chart.levels.map(\.text) == ["all of Oct 2026: €30.00"])
    }
}
