import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Anomalies are found over the roll-up, told once, closed and learned")
struct AnomalyStoreTests {
    private static let policy = """
        contacts: { lead: [slack] }
        workflows: { support: { owner: lead, playbook: "https://wiki.example.com/support" } }
        """
    private static let tags = ["agent_id": "triage-1", "team_id": "red", "workflow_name": "support", "environment": "production"]

    private static func spend(_ cost: String, agent: String = "triage-1", run: String = "r", _ ledger: TestLedger) async throws {
        var tags = tags
        tags["agent_id"] = agent
        tags["run_id"] = run
        tags["step_name"] = "draft"
        _ = try await ledger.charge(cost, tags)
    }

    /// Nine days of two agents that spend 10 and 8 a day.
    private static func history(_ ledger: TestLedger) async throws {
        for _ in 0..<9 {
            try await spend("10", ledger)
            try await spend("8", agent: "triage-2", ledger)
            try await ledger.advance(seconds: 86_400)
        }
    }

    private static func detect(_ ledger: TestLedger) async throws -> Int {
        try await ledger.store.usage.rollDue()
        return try await ledger.store.anomalies.detect(at: ledger.now)
    }

    private static func list(_ ledger: TestLedger, _ filter: AnomalyStore.Filter = .init(), bound: Tags = Tags()) async throws -> [StoredAnomaly] {
        try await ledger.store.anomalies.list(of: ledger.organisation.id, filter: filter, bound: bound, before: nil, limit: 50)
    }

    private static func events(_ ledger: TestLedger) async throws -> [String] {
        try await ledger.store.feed.publish()
        return try await FeedTests.entries(ledger, kinds: try EventSelection(patterns: ["anomaly.*"])).map {
            "\($0.kind) \(String(decoding: $0.data, as: UTF8.self))"
        }
    }

    @Test("an agent at three times its median: found once, with agent, workflow, run, steps, money and owner, and an event")
    func found() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            try await Self.history(ledger)
            try await Self.spend("10", ledger)
            try await Self.spend("8", agent: "triage-2", ledger)
            #expect(try await Self.detect(ledger) == 0)
            try await Self.spend("20", run: "dear", ledger)
            #expect(try await Self.detect(ledger) == 1)
            #expect(try await Self.detect(ledger) == 0)
            let anomaly = try #require(try await Self.list(ledger).first)
            #expect(anomaly.kind == .agentSpend && anomaly.agentID == "triage-1" && anomaly.workflow == "support" && anomaly.runID == "dear")
            #expect(anomaly.observed == 30_000_000_000 && anomaly.baseline == 10_000_000_000 && anomaly.atStake == Money("20"))
            #expect(anomaly.owner == "lead" && anomaly.playbook == "https://wiki.example.com/support" && anomaly.closure == nil)
            #expect(String(decoding: anomaly.steps, as: UTF8.self).contains("draft"))
            #expect(anomaly.message.contains("3 times its median"))
            let events = try await Self.events(ledger)
            #expect(events.count == 1 && events[0].contains("anomaly.detected") && events[0].contains(anomaly.id.description))
            // Who may see all of the agent's calls may see it.
            #expect(try await Self.list(ledger, bound: TestLedger.tags(["team_id": "red"])).count == 1)
            #expect(try await Self.list(ledger, bound: TestLedger.tags(["team_id": "blue"])).isEmpty)
            #expect(try await Self.list(ledger, bound: TestLedger.tags(["agent_id": "triage-2"])).isEmpty)
            #expect(try await Self.list(ledger, .init(agentID: "triage-2")).isEmpty)
            #expect(try await Self.list(ledger, .init(kind: .stepCost)).isEmpty)
            #expect(try await Self.list(ledger, .init(state: .open)).count == 1)
        }
    }

    @Test("closed as expected, the same level is not told again, 1.5 times it is; the first answer counts")
    func expected() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            try await Self.history(ledger)
            try await Self.spend("30", ledger)
            #expect(try await Self.detect(ledger) == 1)
            let id = try #require(try await Self.list(ledger).first).id
            func close(_ isExpected: Bool, bound: Tags = Tags()) async throws -> AnomalyStore.Closing? {
                try await ledger.store.anomalies.close(
                    id, isExpected: isExpected, reason: "launch", author: "ada", bound: bound, of: ledger.organisation.id)
            }
            #expect(try await close(true, bound: TestLedger.tags(["team_id": "blue"])) == nil)
            guard case .closed(let closed) = try await close(true), closed.closure?.outcome == .expected else { throw TestFailure("not closed") }
            guard case .closed = try await close(true), case .conflict = try await close(false) else { throw TestFailure("closed twice") }
            #expect(try await Self.events(ledger).count == 2)
            #expect(try await Self.detect(ledger) == 0)
            try await ledger.advance(seconds: 86_400)
            try await Self.spend("44", ledger)
            #expect(try await Self.detect(ledger) == 0)
            try await Self.spend("2", ledger)
            #expect(try await Self.detect(ledger) == 1)
            #expect(try await Self.list(ledger, .init(state: .closed)).map(\.id) == [id])
        }
    }

    @Test("one that is not seen for a day is over, and one that comes back is told again")
    func over() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            try await Self.history(ledger)
            try await Self.spend("30", ledger)
            #expect(try await Self.detect(ledger) == 1)
            for _ in 0..<2 {
                try await ledger.advance(seconds: 86_400)
                try await Self.spend("10", ledger)
                #expect(try await Self.detect(ledger) == 0)
            }
            #expect(try await Self.list(ledger).first?.closure?.outcome == .over)
            #expect(try ledger.count("open_anomalies") == 0)
            #expect(try await Self.events(ledger).last?.contains("anomaly.closed") == true)
            try await ledger.advance(seconds: 86_400)
            try await Self.spend("60", ledger)
            #expect(try await Self.detect(ledger) == 1)
        }
    }

    @Test("by policy an agent is suspended for it")
    func suspends() async throws {
        let recorder = TripRecorder()
        let policy = Self.policy + "\nanomalies: { do: { agent_spend: suspend } }"
        try await TestLedger.with(policy: policy, options: recorder.options) { (ledger) async throws in
            try await Self.history(ledger)
            try await Self.spend("30", ledger)
            #expect(try await Self.detect(ledger) == 1)
            #expect(recorder.trips == ["default anomaly agent_spend"])
            let anomaly = try #require(try await Self.list(ledger).first)
            let open = try await ledger.store.suspensions.list(
                of: ledger.organisation.id, filter: .init(state: .open), scope: .everything, before: nil, limit: 10)
            #expect(open.map(\.suspension.subject) == [Subject(kind: .agent, id: "triage-1")])
            #expect(anomaly.suspension == open.first?.suspension.id && anomaly.action == .suspend)
            await #expect(throws: TestFailure.self) { try await ledger.hold("1", ["agent_id": "triage-1"]) }
            _ = try await ledger.hold("1", ["agent_id": "triage-2"])
        }
    }

    @Test("a day that is read in many parts gives the same finding, with the tags that all parts have in common and the dearest run")
    func parts() async throws {
        try await TestLedger.with(policy: Self.policy, isTampered: true) { (ledger) async throws in
            try await Self.history(ledger)
            for (cost, step) in [("4", "plan"), ("21", "draft"), ("5", "draft")] {
                var tags = Self.tags
                tags["run_id"] = "run \(cost)"
                tags["step_name"] = step
                _ = try await ledger.charge(cost, tags)
                try await ledger.advance(seconds: 3_600)
            }
            try await ledger.store.usage.rollDue()
            try ledger.database.run("UPDATE usage_hours SET rows = 29999, facts = 1000000")
            #expect(try await Self.detect(ledger) == 1)
            let anomaly = try #require(try await Self.list(ledger).first)
            #expect(anomaly.observed == 30_000_000_000 && anomaly.baseline == 10_000_000_000 && anomaly.runID == "run 21")
            #expect(try await Self.list(ledger, bound: TestLedger.tags(Self.tags)).count == 1)
            #expect(try await Self.list(ledger, bound: TestLedger.tags(["step_name": "draft"])).isEmpty)
        }
    }

    @Test("two replicas that look at once tell once")
    func twice() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            try await Self.history(ledger)
            try await Self.spend("30", ledger)
            try await ledger.store.usage.rollDue()
            let now = ledger.now
            try await RunningStore.with(ledger.database, log: ledger.log) { other in
                async let first = ledger.store.anomalies.detect(at: now)
                async let second = other.anomalies.detect(at: now)
                let count = try await first + second
                #expect(count == 1)
            }
            #expect(try await Self.list(ledger).count == 1)
            #expect(try await Self.events(ledger).count == 1)
        }
    }
}
