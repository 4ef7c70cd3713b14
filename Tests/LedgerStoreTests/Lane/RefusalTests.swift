import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Refusals are recorded, up to a cap")
struct RefusalTests {
    @Test("a refusal keeps the call, the policy version and every verdict, and changes no balance")
    func record() async throws {
        try await TestLedger.with(policy: SamplePolicy.layered(total: "5", team: "3", agent: "100")) { ledger in
            let tags = ["team_id": "t", "agent_id": "a"]
            _ = try await ledger.reserve("2", tags)
            var call = ledger.call("4", tags)
            call.step = 7
            call.stateHash = "c0ffee"
            #expect(try await ledger.submit(.reserve(call)).name == "exhausted")
            let row = try ledger.database.query(
                "SELECT problem, model, tags::text, cost, step, state_hash, policy_version, verdicts::text, key_id FROM refusals"
            ) { rows in
                #expect(rows.count == 1)
                #expect(try rows.text(0, 0) == "envelope-exhausted")
                #expect(try rows.text(0, 1) == "gpt-5")
                #expect(try rows.text(0, 2) == #"{"team_id": "t", "agent_id": "a"}"#)
                #expect(try rows.int8(0, 3) == 4_000_000_000)
                #expect(try rows.int8(0, 4) == 7)
                #expect(try rows.text(0, 5) == "c0ffee")
                #expect(try rows.int8(0, 6) == 1)
                #expect(try rows.uuid(0, 8) == ledger.gateway.id)
                return try rows.text(0, 7)
            }
            for part in [#""envelope": "total""#, #""envelope": "team""#, #""requested": 4000000000"#, #""held": 2000000000"#, #""rule": "limit""#] {
                #expect(row.contains(part), "\(row)")
            }
            #expect(!row.contains("agent-day"))
            #expect(try ledger.rows("team").map(\.version) == [1])
        }
    }

    @Test("each kind of refusal of a reserve has its problem")
    func kinds() async throws {
        try await TestLedger.with(policy: SamplePolicy.layered(total: "5", team: "3", agent: "100")) { ledger in
            var unpriced = ledger.call("0", ["team_id": "t", "agent_id": "a"])
            unpriced.statedCost = nil
            let key = try await ledger.store.keys.create(
                role: .gateway, tags: TestLedger.tags(["team_id": "t"]), agentID: nil, name: nil, organisation: ledger.organisation
            ).key
            #expect(try await ledger.submit(.reserve(unpriced)).name == "unknown model")
            #expect(try await ledger.reserve("1", ["agent_id": "a"]).name == "tags missing")
            #expect(try await ledger.submit(.reserve(ledger.call("1", ["team_id": "u", "agent_id": "a"], key: key))).name == "tag bound")
            #expect(
                try ledger.database.texts("SELECT problem || ' ' || verdicts::text FROM refusals ORDER BY 1") == [
                    #"forbidden ["team_id"]"#, #"tags-missing ["team_id"]"#, #"unknown-model ["gpt-5"]"#,
                ])
        }
    }

    @Test("60 rows an agent and minute, the rest is counted")
    func cap() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("0")) { ledger in
            func refuse(_ agent: String, _ times: Int) async throws {
                let counts = try await ledger.atOnce((0..<times).map { _ in .reserve(ledger.call("1", ["agent_id": agent])) })
                #expect(counts == ["exhausted": times])
            }
            func rows(_ agent: String) throws -> Int64 { try ledger.number("SELECT count(*) FROM refusals WHERE tags->>'agent_id' = '\(agent)'") }
            func counted() throws -> [String] {
                try ledger.database.texts("SELECT agent_id || ' ' || minute::text || ' ' || refused FROM refusal_counts ORDER BY 1")
            }
            try await refuse("a", 100)
            try await refuse("b", 61)
            #expect(try rows("a") == 60 && rows("b") == 60)
            #expect(try counted() == ["a 2026-11-21 10:00:00+00 40", "b 2026-11-21 10:00:00+00 1"])
            try await refuse("a", 10)
            #expect(try counted().first == "a 2026-11-21 10:00:00+00 50")
            try await ledger.advance(seconds: 60)
            try await refuse("a", 70)
            #expect(try rows("a") == 120)
            #expect(try counted() == ["a 2026-11-21 10:00:00+00 50", "a 2026-11-21 10:01:00+00 10", "b 2026-11-21 10:00:00+00 1"])
            #expect(try ledger.rows("total").allSatisfy { $0.version == 0 })
        }
    }

    @Test("a refusal binds nothing: the same key may be tried again once money is there")
    func tryAgain() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1")) { ledger in
            let id = try await ledger.hold("1")
            #expect(try await ledger.reserve("1", idempotency: "k").name == "exhausted")
            _ = try await ledger.settle(id, .release(reason: nil))
            #expect(try await ledger.reserve("1", idempotency: "k").name == "admitted")
            #expect(try await ledger.reserve("1", idempotency: "k").name == "replayed")
        }
    }

    @Test("the cap of one organisation is not used up by another that has an agent of the same name")
    func capPerOrganisation() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("0")) { ledger in
            _ = try await ledger.atOnce((0..<60).map { _ in .reserve(ledger.call("1", ["agent_id": "a"])) })
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            let key = try await ledger.store.keys.create(role: .gateway, tags: Tags(), agentID: nil, name: nil, organisation: other).key
            _ = try await ledger.store.policies.apply([PolicyFile(text: SamplePolicy.total("0"))], author: "", message: "", organisation: other.id)
            let state = try #require(try await ledger.store.organisations.current("other"))
            let call = LedgerStore.Operation.reserve(ledger.call("1", ["agent_id": "a"], key: key))
            #expect(try await ledger.store.lanes.submit(call, state: state).name == "exhausted")
            let recorded = try ledger.number("SELECT count(*) FROM refusals WHERE org_id = '\(other.id)'")
            #expect(recorded == 1)
        }
    }

    @Test("a loop that names a new agent each time cannot fill the disk")
    func manyAgents() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("0")) { ledger in
            _ = try await ledger.atOnce((0..<1_000).map { .reserve(ledger.call("1", ["agent_id": "a\($0)"])) })
            let rows = try ledger.count("refusals")
            #expect(rows == 600)
            #expect(try ledger.number("SELECT sum(refused) FROM refusal_counts") == 400)
            let counts = try ledger.count("refusal_counts")
            withKnownIssue("what is only counted is counted per agent, a row for each that is made up") { #expect(counts < 100) }
        }
    }
}
