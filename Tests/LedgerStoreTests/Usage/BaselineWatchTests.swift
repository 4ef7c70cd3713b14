import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Breakers that go by a baseline, over the roll-up")
struct BaselineWatchTests {
    private static func policy(_ action: String, more: String = "") -> String {
        """
        breakers:
          - { name: tool-storm, on: agent, when: { tool_calls: { times: 10, within: 5m } }, do: \(action), playbook: "https://wiki.example.com/storm" }
        \(more)
        """
    }

    private static func toolCalls(_ count: Int64, agent: String, _ ledger: TestLedger) async throws {
        let report = UsageReport(toolCalls: count, statedCost: .zero)
        let call = ledger.call("0", ["agent_id": agent, "team_id": "red"], model: nil)
        guard case .admitted(let hold) = try await ledger.submit(.reserve(call)) else { throw TestFailure("not admitted") }
        _ = try await ledger.commit(hold.id, report)
    }

    /// Two days in which each of two agents calls a tool four times an hour.
    private static func history(_ ledger: TestLedger) async throws {
        for _ in 0..<36 {
            for agent in ["a", "b"] { try await toolCalls(4, agent: agent, ledger) }
            try await ledger.advance(seconds: 3_600)
        }
    }

    private static func look(_ ledger: TestLedger) async throws -> Int {
        try await ledger.store.usage.rollDue()
        return try await ledger.store.baselines.look(at: ledger.now, due: nil)
    }

    private static func suspended(_ ledger: TestLedger) async throws -> [StoredSuspension] {
        try await ledger.store.suspensions.list(
            of: ledger.organisation.id, filter: .init(state: .open), scope: .everything, before: nil, limit: 10)
    }

    @Test("an alert is told once, though two replicas look at once")
    func alertOnce() async throws {
        try await TestLedger.with(policy: Self.policy("alert")) { (ledger) async throws in
            try await Self.history(ledger)
            try await Self.toolCalls(40, agent: "a", ledger)
            try await ledger.store.usage.rollDue()
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                let owner = try ledger.database.owner()
                defer { owner.close() }
                // Both read that nothing was told, and neither can write.
                try owner.run("BEGIN; LOCK TABLE baseline_trips IN EXCLUSIVE MODE")
                async let one = ledger.store.baselines.look(at: ledger.now, due: nil)
                async let other = store.baselines.look(at: ledger.now, due: nil)
                #expect(try await eventually { try ledger.blockedSessions() == 2 })
                try owner.run("COMMIT")
                #expect(try await one + other == 1)
            }
            #expect(try ledger.number("SELECT count(*) FROM events WHERE kind = 'breaker.tripped'") == 1)
        }
    }

    @Test("a storm suspends its agent and nobody else, once; a lift lets it go on, and a new storm stops it again")
    func storm() async throws {
        let recorder = TripRecorder()
        try await TestLedger.with(policy: Self.policy("suspend"), options: recorder.options) { (ledger) async throws in
            try await Self.history(ledger)
            #expect(try await Self.look(ledger) == 0)
            try await Self.toolCalls(39, agent: "a", ledger)
            try await Self.toolCalls(20, agent: "b", ledger)
            #expect(try await Self.look(ledger) == 0, "nine times is not ten")
            try await Self.toolCalls(1, agent: "a", ledger)
            #expect(try await Self.look(ledger) == 1)
            #expect(try await Self.look(ledger) == 0)
            let open = try await Self.suspended(ledger)
            #expect(open.map(\.suspension.subject) == [Subject(kind: .agent, id: "a")])
            #expect(open.first?.suspension.rule == "tool-storm")
            #expect(open.first?.suspension.reason.contains("40 calls of search within 5 min") == true, "\(open.first?.suspension.reason ?? "")")
            await #expect(throws: TestFailure.self) { try await Self.toolCalls(1, agent: "a", ledger) }
            try await Self.toolCalls(1, agent: "b", ledger)
            let id = try #require(open.first).suspension.id
            _ = try await ledger.store.suspensions.lift(id, reason: "mended", author: "ada", allowSteps: nil, of: ledger.organisation.id)
            #expect(try await Self.look(ledger) == 0, "what led to the suspension does not count again")
            try await ledger.advance(seconds: 600)
            #expect(recorder.trips == ["default tool-storm"])
            try await Self.toolCalls(45, agent: "a", ledger)
            #expect(try await Self.look(ledger) == 1)
            #expect(recorder.trips.count == 2)
        }
    }

    @Test("what was before a lift does not trip again, whoever had opened the suspension")
    func lifted() async throws {
        try await TestLedger.with(policy: Self.policy("suspend")) { (ledger) async throws in
            try await Self.history(ledger)
            try await Self.toolCalls(45, agent: "a", ledger)
            // A person is faster than the job.
            let draft = SuspensionDraft(subject: Subject(kind: .agent, id: "a"), reason: "it storms", rule: nil, author: "ada")
            guard case .opened(let opened) = try await ledger.store.suspensions.open(draft, of: ledger.organisation.id) else {
                throw TestFailure("not opened")
            }
            #expect(try await Self.look(ledger) == 0)
            _ = try await ledger.store.suspensions.lift(
                opened.suspension.id, reason: "mended", author: "ada", allowSteps: nil, of: ledger.organisation.id)
            #expect(try await Self.look(ledger) == 0, "what led to the suspension does not count again")
            try await ledger.advance(seconds: 300)
            try await Self.toolCalls(45, agent: "a", ledger)
            #expect(try await Self.look(ledger) == 1)
        }
    }

    @Test("read in many small parts, the same trips; an organisation that nobody calls here is not remembered")
    func parts() async throws {
        try await TestLedger.with(policy: Self.policy("suspend"), isTampered: true) { (ledger) async throws in
            try await Self.history(ledger)
            try await Self.toolCalls(39, agent: "a", ledger)
            try await ledger.store.usage.rollDue()
            try ledger.database.run("UPDATE usage_hours SET rows = 29999, facts = 1000000")
            #expect(try await Self.look(ledger) == 0, "nine times is not ten")
            try await Self.toolCalls(1, agent: "a", ledger)
            try await RunningStore.with(ledger.database, log: ledger.log) { other in
                try await other.usage.rollDue()
                #expect(try await other.baselines.look(at: ledger.now, due: nil) == 1)
                #expect(try await other.anomalies.detect(at: ledger.now) == 0)
                #expect(other.organisations.known(ledger.organisation.name) == nil)
            }
        }
    }

    @Test("one that only tells tells once, until it was quiet for a while; the event names breaker, agent and playbook")
    func alert() async throws {
        let recorder = TripRecorder()
        try await TestLedger.with(policy: Self.policy("alert"), options: recorder.options) { (ledger) async throws in
            try await Self.history(ledger)
            try await Self.toolCalls(60, agent: "a", ledger)
            #expect(try await Self.look(ledger) == 1)
            try await ledger.advance(seconds: 60)
            try await Self.toolCalls(60, agent: "a", ledger)
            #expect(try await Self.look(ledger) == 0)
            #expect(recorder.trips == ["default tool-storm"])
            #expect(try await Self.suspended(ledger).isEmpty)
            try await ledger.store.feed.publish()
            let events = try await FeedTests.entries(ledger, kinds: try EventSelection(patterns: ["breaker.*"]))
            #expect(events.count == 1)
            let data = String(decoding: events.first?.data ?? [], as: UTF8.self)
            for part in ["tool-storm", "\"id\": \"a\"", "https://wiki.example.com/storm", "60 calls of search"] {
                #expect(data.contains(part), "\(data)")
            }
            try await ledger.advance(seconds: 3_600)
            try await Self.toolCalls(90, agent: "a", ledger)
            #expect(try await Self.look(ledger) == 1)
        }
    }

    @Test("nothing trips in a planned change, without history, or of calls that the breaker does not match")
    func quiet() async throws {
        let planned = """
            anomalies: { planned: [ { from: 2020-01-01, to: 2100-01-01, match: { agent_id: a }, reason: launch } ] }
            """
        try await TestLedger.with(policy: Self.policy("suspend", more: planned)) { (ledger) async throws in
            try await Self.history(ledger)
            for agent in ["a", "new"] { try await Self.toolCalls(500, agent: agent, ledger) }
            #expect(try await Self.look(ledger) == 0)
            try await ledger.apply(Self.policy("suspend").replacing("on: agent,", with: "on: agent, match: { team_id: blue },"))
            #expect(try await Self.look(ledger) == 0)
            try await ledger.apply(Self.policy("suspend").replacing("on: agent,", with: "on: agent, match: { tool: \"sea*\" },"))
            #expect(try await Self.look(ledger) == 1)
        }
    }

    @Test("a burn rate of three times the usual hour trips")
    func burnRate() async throws {
        let policy = "breakers: [ { name: burn, on: workflow, when: { cost: { times: 3, within: 1h } }, do: alert } ]"
        try await TestLedger.with(policy: policy) { (ledger) async throws in
            for _ in 0..<36 {
                _ = try await ledger.charge("2", ["agent_id": "a", "workflow_name": "w"])
                try await ledger.advance(seconds: 3_600)
            }
            _ = try await ledger.charge("5.99", ["agent_id": "a", "workflow_name": "w"])
            #expect(try await Self.look(ledger) == 0)
            _ = try await ledger.charge("0.01", ["agent_id": "b", "workflow_name": "w"])
            #expect(try await Self.look(ledger) == 1)
        }
    }
}
