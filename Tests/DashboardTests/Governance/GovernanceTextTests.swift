import Charts
import Ledger
import Testing

@testable import Dashboard

@Suite("Governance pages say numbers, days and plans in words")
struct GovernanceTextTests {
    @Test("a change has its sign, and is new where there was nothing before")
    func changes() {
        #expect(ChangeText(229.04).text == "+229\u{A0}%" && ChangeText(229.04).isUp)
        #expect(ChangeText(-4.04).text == "−4\u{A0}%" && ChangeText(-4.06).text == "−4.1\u{A0}%" && ChangeText(-4).isDown)
        #expect(ChangeText(0).text == "0\u{A0}%" && !ChangeText(0).isUp && !ChangeText(0).isDown)
        #expect(ChangeText(nil).text == "new" && ChangeText(.nan).text == "new")
        #expect(PercentText.text(99.96) == "100\u{A0}%" && PercentText.text(12_345.6) == "12,345\u{A0}%" && PercentText.text(1e300) == "–")
    }

    @Test("plans and windows are read out")
    func plans() {
        func step(_ at: Double?, _ action: String, to: String? = nil, within: Int64? = nil) -> String {
            PlanText.step(.init(at: at, do: action, to: to, withinSeconds: within))
        }
        #expect(step(100, "downgrade", to: "economy") == "100\u{A0}%: downgrade to economy")
        #expect(step(150, "suspend", within: 5_400) == "150\u{A0}%: suspend if within 90 min")
        #expect(step(nil, "require_approval") == "a single call above the limit: ask for approval")
        let week = Envelopes.WindowRule(every: "week", starts: "monday", at: "09:00", timeZone: "Europe/Paris")
        #expect(PlanText.window(week) == "every week from Monday 09:00, Europe/Paris" && PlanText.window(nil) == "without end")
        #expect(PlanText.key(["team_id": "a", "agent_id": ""]) == "agent_id (none) · team_id a")
    }

    @Test("days are those of the reader's zone; a zone whose days begin within an hour of UTC is reported in UTC")
    func days() throws {
        let paris = DayText(zone: try #require(Zone("Europe/Paris")))
        let midnight = try #require(Timestamp(rfc3339: "2026-11-30T23:00:00Z"))
        #expect(paris.day(midnight) == "1 Dec" && DayText(zone: .utc).day(midnight) == "30 Nov" && paris.iso(paris.date(midnight)) == "2026-12-01")
        let labels = DayText(zone: .utc).labels(midnight.seconds + 3_600..<midnight.seconds + 3_600 + 4 * 86_400)
        #expect(labels.map(\.text) == ["1 Dec", "2 Dec", "3 Dec", "4 Dec"] && labels.map(\.position) == [0, 0.25, 0.5, 0.75])
        for (name, reported) in [("Asia/Kolkata", "UTC"), ("Europe/Paris", "Europe/Paris")] {
            let visit = Visit(
                visitor: Visitor(name: "a", role: .finance, organisation: "o", currency: "EUR"), path: "/", zone: try #require(Zone(name)),
                now: midnight, interface: Interface { _ in InterfaceAnswer(status: 404, body: []) })
            #expect(visit.reportZone.name == reported)
        }
        #expect(LocalTime("2026-12-03 14:05")?.secondOfDay == 50_700 && LocalTime("2026-12-03T14:05") == LocalTime("2026-12-03 14:05"))
        #expect(LocalTime("2026-12-03") == nil && LocalTime("2026-12-03T14:05:09") == nil && LocalTime("2026-13-03T14:05") == nil)
    }

    @Test("texts are compared line by line, and only what is near a change is shown")
    func differences() throws {
        let old = (1...20).map { "line \($0)" }.joined(separator: "\n")
        let new = old.replacing("line 10\n", with: "line ten\n")
        let difference = try #require(LineDifference(from: old, to: new))
        #expect(difference.lines.filter { $0.kind != .kept } == [.init(kind: .removed, text: "line 10"), .init(kind: .added, text: "line ten")])
        let shown = difference.shortened
        #expect(shown.first == .some(nil) && shown.last == .some(nil) && shown.count == 2 + 2 + 2 * LineDifference.context)
        #expect(try #require(LineDifference(from: old, to: old)).isEmpty)
        #expect(try #require(LineDifference(from: "", to: "a")).lines.contains(.init(kind: .added, text: "a")))
        #expect(LineDifference(from: String(repeating: "a\n", count: LineDifference.maximumLines + 1), to: "") == nil)
    }

    @Test("long texts are compared where little of them differs; texts that differ in much are not")
    func longDifferences() throws {
        func text(_ lines: [String]) -> String { lines.joined(separator: "\n") }
        let long = (1...20_000).map { "line \($0)" }
        let difference = try #require(LineDifference(from: text(long), to: text(long[..<9_000] + ["new"] + long[9_002...])))
        let changed = difference.lines.filter { $0.kind != .kept }
        #expect(changed == [.init(kind: .removed, text: "line 9001"), .init(kind: .removed, text: "line 9002"), .init(kind: .added, text: "new")])
        #expect(difference.lines.count == 20_001)
        let others = (1...1_000).map { "other \($0)" }
        #expect(LineDifference(from: text(Array(long[..<1_000])), to: text(others))?.lines.count == 2_000)
        #expect(LineDifference(from: text(Array(long[..<1_001])), to: text(others)) == nil)
        // Moved lines, and lines that occur more than once.
        let kinds = try #require(LineDifference(from: "a\nb\nc\na\nb\nb\na", to: "c\nb\na\nb\na\nc")).lines
        #expect(kinds.filter { $0.kind != .added }.map(\.text) == ["a", "b", "c", "a", "b", "b", "a"])
        #expect(kinds.filter { $0.kind != .removed }.map(\.text) == ["c", "b", "a", "b", "a", "c"])
        #expect(kinds.count { $0.kind == .kept } == 4)
    }
}
