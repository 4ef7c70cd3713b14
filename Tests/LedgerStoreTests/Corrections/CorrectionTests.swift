import Ledger
import Postgres
import TestSupport
import Testing

@testable import LedgerStore

@Suite("Corrections of calls")
struct CorrectionTests {
    @Test("before and after the roll-up alike: hours, days, five minutes and runs show the corrected tags, and empty rows go")
    func bothOrders() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            let early = try await ledger.charged("3", ["team_id": "red", "run_id": "r"])
            try await ledger.store.usage.rollDue()
            let late = try await ledger.charged("4", ["team_id": "red", "run_id": "r"])
            let made = try await ledger.corrected(.calls([early, late]), set: ["team_id": "blue", "cost_center": "cc"])
            #expect((made.calls, made.settlements, made.cost, made.unchanged) == (2, 2, 7_000_000_000, 0))
            #expect(made.percent == 100 && made.appliedAt != nil)
            try await ledger.store.usage.rollDue()
            for table in ["usage_hourly", "usage_daily", "usage_slices"] {
                #expect(try ledger.sums(table) == [#"{"team_id": "blue", "cost_center": "cc"} 7"#], "\(table)")
            }
            #expect(try ledger.number("SELECT rows FROM usage_hours") == 1)
            #expect(try ledger.number("SELECT rows FROM usage_days") == 1)
            let run = #"{"team_id": "blue", "cost_center": "cc"}"#
            #expect(try ledger.database.texts("SELECT (tags || common_tags || tags)::text FROM run_usage") == [run])
            #expect(try ledger.count("corrected_calls") == 2)
        }
    }

    @Test("a call is corrected with what it is still to be charged; budgets do not move")
    func lateCharge() async throws {
        let policy = "envelopes: [ { name: teams, per: [team_id], meter: cost, limit: \"100\", window: { every: month } } ]"
        try await TestLedger.with(policy: policy) { (ledger) async throws in
            let hold = try await ledger.hold("5", ["team_id": "red"])
            guard case .refused(let faults) = try await ledger.correct(.calls([hold]), set: ["team_id": "blue"]) else {
                throw TestFailure("an open hold was corrected")
            }
            #expect(faults.map(\.call) == [hold] && faults.first?.index == 0 && faults.first?.reason == .open)
            _ = try await ledger.settle(hold, .release(reason: nil))
            try await ledger.store.usage.rollDue()
            try await ledger.corrected(.calls([hold]), set: ["team_id": "blue"])
            _ = try await ledger.commit(hold, "6")
            try await ledger.store.usage.rollDue()
            #expect(try ledger.sums() == [#"{"team_id": "blue"} 6"#])
            #expect(try ledger.database.texts("SELECT array_to_string(\"values\", ',') || ' ' || spent / 1000000000 FROM balances") == ["red 6"])
        }
    }

    @Test("what was under way when it was asked for may still be booked, so it waits for that")
    func waitsForOthers() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            _ = try await ledger.charged("3", ["team_id": "red"])
            try await ledger.advance(seconds: 1)
            let other = try ledger.database.owner()
            defer { other.close() }
            try other.run("BEGIN; SELECT pg_current_xact_id()")
            guard case .recorded(let made) = try await ledger.correct(ledger.everything(["team_id": "red"]), set: ["team_id": "blue"]) else {
                throw TestFailure("not recorded")
            }
            #expect(made.state == .pending && made.calls == 0)
            try other.run("COMMIT")
            #expect(try await ledger.applied(made).calls == 1)
        }
    }

    @Test("of two corrections of one call the later wins, tag by tag; what is so already is left alone")
    func twice() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            let call = try await ledger.charged("1", ["team_id": "red", "project": "p"])
            let other = try await ledger.charged("2", ["team_id": "blue"])
            try await ledger.store.usage.rollDue()
            try await ledger.corrected(.calls([call]), set: ["team_id": "blue", "cost_center": "a"])
            try await ledger.corrected(.calls([call]), set: ["cost_center": "b"], remove: ["project"])
            #expect(try ledger.sums() == [#"{"team_id": "blue", "cost_center": "b"} 1"#, #"{"team_id": "blue"} 2"#])
            let third = try await ledger.corrected(.calls([call, other]), set: ["team_id": "blue"])
            #expect((third.number, third.calls, third.unchanged) == (3, 0, 2))
            try await ledger.corrected(.calls([call]), set: ["team_id": "red", "project": "p"], remove: ["cost_center"])
            #expect(try ledger.sums() == [#"{"project": "p", "team_id": "red"} 1"#, #"{"team_id": "blue"} 2"#])
        }
    }

    @Test("a call gets no more tags than it may carry; others are corrected all the same")
    func fullTags() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            let names = (1..<Tags.maximumCount).map { "tag_\($0)" }
            let full = Dictionary(uniqueKeysWithValues: names.map { ($0, "v") })
            let calls = [try await ledger.charged("1", full), try await ledger.charged("2", ["tag_1": "v"])]
            let first = try await ledger.corrected(.calls(calls), set: ["team_id": "red"])
            #expect((first.calls, first.unchanged) == (2, 0))
            let second = try await ledger.corrected(.calls(calls), set: ["project": "p"])
            #expect((second.calls, second.cost, second.unchanged) == (1, 2_000_000_000, 1))
            let third = try await ledger.corrected(.calls(calls), set: ["project": "q"], remove: ["tag_1"])
            #expect((third.calls, third.unchanged) == (2, 0))
        }
    }

    @Test("calls whose runs are too many for one transaction are corrected in several, each counted once and its run told whole")
    func manyRuns() async throws {
        try await TestLedger.with(policy: "envelopes: []", isTampered: true) { (ledger) async throws in
            var calls: [Identifier] = []
            for number in 1...10 { calls.append(try await ledger.charged("1", ["team_id": "red", "run_id": "r\(number)"])) }
            calls.append(try await ledger.charged("1", ["team_id": "blue", "run_id": "r0"]))
            try await ledger.store.usage.rollDue()
            try ledger.database.run("UPDATE run_usage SET calls = 400")
            let first = try await ledger.corrected(.calls(calls), set: ["team_id": "blue"])
            #expect((first.calls, first.unchanged, first.lookedAt, first.cost) == (10, 1, 11, 10_000_000_000))
            #expect(try ledger.count("correction_parts") == 2)
            let common = "SELECT DISTINCT (common_tags || tags)::text FROM run_usage"
            #expect(try ledger.database.texts(common) == [#"{"team_id": "blue"}"#])
            try await ledger.advance(seconds: 1)
            let second = try await ledger.corrected(ledger.everything(["team_id": "blue"]), set: ["team_id": "green"])
            #expect((second.calls, second.unchanged, second.lookedAt) == (11, 0, 11))
            #expect(try ledger.count("correction_parts") == 4)
            #expect(try ledger.database.texts(common) == [#"{"team_id": "green"}"#])
            #expect(try ledger.sums() == [#"{"team_id": "green"} 11"#])
        }
    }

    @Test("what matches counts as it was corrected before, within its time, and only what a bound key sees")
    func matching() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            for team in ["red", "blue"] { _ = try await ledger.charged("1", ["team_id": team, "agent_id": "a-1"]) }
            try await ledger.advance(seconds: 60)
            let end = ledger.now
            _ = try await ledger.charged("1", ["team_id": "red", "agent_id": "a-2"])
            try await ledger.advance(seconds: 60)
            try await ledger.store.usage.rollDue()
            let pattern = TagPattern([.init(name: "agent_id", matcher: Matcher("a-*")), .init(name: "project", matcher: nil)])
            let first = try await ledger.corrected(
                .matching(pattern, from: Timestamp(seconds: 0), to: end), set: ["project": "x"], bound: ["team_id": "red"])
            #expect((first.calls, first.lookedAt) == (1, 1), "how much others do is none of its business")
            let second = try await ledger.corrected(ledger.everything(["project": nil]), set: ["project": "y"])
            #expect(second.calls == 2)
            #expect(
                try ledger.database.texts("SELECT (tags ->> 'team_id') || (tags ->> 'project') || calls FROM usage_hourly ORDER BY 1")
                    == ["bluey1", "redx1", "redy1"])
        }
    }

    @Test("a preview says what would be done and writes nothing")
    func preview() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            for team in ["red", "red", "blue"] { _ = try await ledger.charged("2", ["team_id": team]) }
            try await ledger.advance(seconds: 1)
            let draft = CorrectionDraft(
                ledger.everything(["project": nil]), tags: TagCorrection(set: TestLedger.tags(["team_id": "blue"])), reason: "r", bound: Tags(),
                author: "a", idempotency: TestLedger.idempotency(nil, ""))
            let preview = try await ledger.store.corrections.preview(draft, of: ledger.organisation.id)
            #expect((preview.totals.calls, preview.totals.cost, preview.unchanged, preview.lookedAt) == (2, 4_000_000_000, 1, 3))
            #expect(preview.groups.map(\.before) == [TestLedger.tags(["team_id": "red"])] && preview.reachedAt == nil)
            #expect(preview.groups.map(\.after) == [TestLedger.tags(["team_id": "blue"])])
            for table in ["corrections", "correction_progress", "idempotency_keys"] {
                #expect(try ledger.number("SELECT count(*) FROM \(table)") == (table == "idempotency_keys" ? 3 : 0), "\(table)")
            }
        }
    }

    @Test("what ends in the middle of a part leaves nothing of it, and the next look goes on where the last part ended")
    func interrupted() async throws {
        try await TestLedger.with(policy: "envelopes: []", isTampered: true) { (ledger) async throws in
            for _ in 0..<6 { _ = try await ledger.atOnce((0..<250).map { _ in .charge(ledger.charging("1", ["team_id": "red"])) }) }
            try await ledger.advance(seconds: 1)
            try await ledger.store.usage.rollDue()
            // The second part cannot be written, once its sums have moved.
            try ledger.database.run("CREATE UNIQUE INDEX once ON correction_parts (org_id, number)")
            guard case .recorded(var made) = try await ledger.correct(ledger.everything(["team_id": "red"]), set: ["team_id": "blue"]) else {
                throw TestFailure("not recorded")
            }
            let isStuck = try await eventually {
                try? await ledger.store.correctionWork.workDue()
                return try ledger.count("correction_parts") == 1
            }
            #expect(isStuck)
            let moved = try ledger.count("corrected_calls")
            #expect(moved > 0 && moved < 1_500)
            #expect(try ledger.sums() == [#"{"team_id": "blue"} \#(moved)"#, #"{"team_id": "red"} \#(1_500 - moved)"#])
            made = try #require(try await ledger.store.corrections.find(made.id, of: ledger.organisation.id))
            #expect(made.state == .pending && made.calls == moved)
            try ledger.database.run("DROP INDEX once")
            made = try await ledger.applied(made)
            #expect((made.calls, made.lookedAt) == (1_500, 1_500))
            #expect(try ledger.sums() == [#"{"team_id": "blue"} 1500"#])
            #expect(try ledger.findings().isEmpty)
        }
    }

    @Test("exports show the corrected tags, and find calls by them")
    func export() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            let start = ledger.now
            let call = try await ledger.charged("1", ["team_id": "red"])
            _ = try await ledger.charged("2", ["team_id": "red"])
            try await ledger.corrected(.calls([call]), set: ["team_id": "blue", "extra": "x"])
            for (team, cost) in [("blue", 1_000_000_000), ("red", 2_000_000_000)] as [(String, Int64)] {
                let selection = SpendReader.Selection(from: start, to: start.adding(seconds: 1), tags: TestLedger.tags(["team_id": team]))
                let page = try await ledger.store.spend.page(of: ledger.organisation.id, selection, after: .none)
                #expect(page.records.map(\.charged.cost) == [cost] && page.records.first?.tags["team_id"] == team)
            }
        }
    }

    @Test("the same request is done once; another body under its key is refused")
    func idempotent() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            let call = try await ledger.charged("1", ["team_id": "red"])
            for _ in 0..<2 { _ = try await ledger.correct(.calls([call]), set: ["team_id": "blue"], key: "k") }
            guard case .mismatch = try await ledger.correct(.calls([call]), set: ["team_id": "green"], key: "k") else {
                throw TestFailure("another body was taken")
            }
            #expect(try ledger.count("corrections") == 1)
        }
    }

    @Test("a sum that lies under other tags than its settlements is found, and a call of which nobody knows")
    func verification() async throws {
        try await TestLedger.with(policy: "envelopes: []", isTampered: true) { (ledger) async throws in
            let call = try await ledger.charged("1", ["team_id": "red"])
            _ = try await ledger.charged("2", ["team_id": "green"])
            try await ledger.corrected(.calls([call]), set: ["team_id": "blue"])
            try await ledger.store.usage.rollDue()
            try await ledger.advance(seconds: 7_200)
            #expect(try ledger.findings() == [])
            try ledger.database.run("UPDATE usage_hourly SET cost = 3000000000 - cost")
            let found = try ledger.findings()
            #expect(found.contains { $0.contains("differs by tags from the settlements as corrected in 2 rows") }, "\(found)")
            try ledger.database.run("DELETE FROM corrected_calls")
            #expect(try ledger.findings().contains { $0.contains("has 1 calls that nobody knows of") })
        }
    }

    @Test("imported calls are corrected at the time of their log, in their runs and in exports, and take nothing from what is now")
    func imported() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            let log = """
                time,model,cost,team_id,run_id
                2026-11-21T09:10:00Z,gpt-5,3,red,r
                2026-11-21T09:40:00Z,gpt-5,4,red,r
                2026-11-21T10:00:00Z,gpt-5,5,red,s

                """
            let request = ImportRequest(
                format: .csv, name: "log", identity: "log", bound: Tags(), author: "test", takesUnpriced: false, isDryRun: false)
            var sending = ledger.store.imports.sending(request, to: try await ledger.state())
            try await sending.read(Array(log.utf8))
            _ = try await sending.finish()
            _ = try await ledger.charged("6", ["team_id": "red"])
            try await ledger.store.usage.rollDue()
            let from = try #require(Timestamp(rfc3339: "2026-11-21T09:30:00Z"))
            let pattern = TagPattern([.init(name: "team_id", matcher: Matcher("red"))])
            let made = try await ledger.corrected(.matching(pattern, from: from, to: from.adding(seconds: 1_800)), set: ["team_id": "blue"])
            #expect((made.calls, made.cost) == (1, 4_000_000_000))
            try await ledger.advance(seconds: 3_600)
            let later = try await ledger.corrected(ledger.everything(["run_id": "s"]), set: ["team_id": "green"])
            #expect(later.calls == 1)
            let rows = "SELECT t.row FROM (SELECT (tags ->> 'team_id') || ' ' || cost / 1000000000 AS row FROM usage_hourly) t ORDER BY 1"
            #expect(try ledger.database.texts(rows) == ["blue 4", "green 5", "red 3", "red 6"])
            #expect(try ledger.sums("usage_slices") == [#"{"team_id": "red"} 6"#])
            #expect(try ledger.database.texts("SELECT run_id || common_tags::text FROM run_usage ORDER BY 1") == ["r{}", #"s{"team_id": "green"}"#])
            let selection = SpendReader.Selection(from: from, to: from.adding(seconds: 1_800), tags: TestLedger.tags(["team_id": "blue"]))
            let page = try await ledger.store.spend.page(of: ledger.organisation.id, selection, after: .none)
            #expect(page.records.map(\.charged.cost) == [4_000_000_000])
        }
    }
}
