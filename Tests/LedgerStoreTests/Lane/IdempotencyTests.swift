import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Idempotency keys")
struct IdempotencyTests {
    @Test("the same key and body hold once, and name the same hold for ever")
    func replay() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10")) { ledger in
            let id = try #require(try await ledger.reserve("1", idempotency: "k").admitted).id
            #expect(try await ledger.reserve("1", idempotency: "k").replayed == id)
            _ = try await ledger.commit(id, "1")
            #expect(try await ledger.reserve("1", idempotency: "k").replayed == id)
            // In the next window, in which the call has no balance yet, and under another policy.
            try await ledger.advance(seconds: 86_400)
            #expect(try await ledger.reserve("1", idempotency: "k").replayed == id)
            try await ledger.apply(SamplePolicy.layered(total: "0", team: "0", agent: "0"))
            #expect(try await ledger.reserve("1", idempotency: "k").replayed == id)
            #expect(try ledger.count("reservations") == 1)
            // After the rolled-back transaction the lane must not believe in the balance of the second window.
            try await ledger.apply(SamplePolicy.daily("10"))
            #expect(try await ledger.reserve("1").name == "admitted")
        }
    }

    @Test("another body under the same key is refused")
    func mismatch() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            _ = try await ledger.reserve("1", idempotency: "k")
            #expect(try await ledger.reserve("2", idempotency: "k").name == "idempotency mismatch")
            let names = try await ledger.namesInOneBatch(["a", "a", "b"].map { .reserve(ledger.call("1", ["team_id": $0], idempotency: "new")) })
            #expect(names == ["admitted", "replayed", "idempotency mismatch"])
            #expect(try ledger.standing("total") == "held 2 spent 0")
        }
    }

    @Test("keys of two routes and of two organisations do not meet")
    func scope() async throws {
        var body = CanonicalBytes()
        body.append("x")
        #expect(IdempotencyKey(route: "reservations", key: "k", body: body).key != IdempotencyKey(route: "usage", key: "k", body: body).key)
        #expect(IdempotencyKey(route: "ab", key: "c", body: body).key != IdempotencyKey(route: "a", key: "bc", body: body).key)
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            let key = try await ledger.store.keys.create(role: .gateway, tags: Tags(), agentID: nil, name: nil, organisation: other).key
            let state = try #require(try await ledger.store.organisations.current("other"))
            _ = try await ledger.reserve("1", idempotency: "k")
            let call = LedgerStore.Operation.reserve(ledger.call("2", key: key, idempotency: "k"))
            #expect(try await ledger.store.lanes.submit(call, state: state).name == "admitted")
        }
    }

    @Test("an answer that is replayed is read back as it was given")
    func readBack() async throws {
        try await TestLedger.with(policy: SamplePolicy.layered(total: "10", team: "5", agent: "5")) { ledger in
            let tags = ["team_id": "t", "agent_id": "a"]
            let given = try #require(try await ledger.reserve("1", tags).admitted)
            _ = try await ledger.hold("1", tags)
            let committed = try #require(try await ledger.commit(given.id, "6").settled)
            let stored = try #require(try await ledger.store.reservations.find(given.id, of: ledger.organisation.id))
            #expect("\(stored.admitted)" == "\(given)".replacing("Optional", with: "Optional"))
            let again = try #require(stored.settled(late: false))
            #expect(again.charged == committed.charged && again.returned == committed.returned && again.overrun == committed.overrun)
            #expect(again.balances.map(\.spent) == committed.balances.map(\.spent))
            let charge = try #require(try await ledger.charge("7", tags).settled)
            let chargeAgain = try #require(try await ledger.store.reservations.charge(charge.id, of: ledger.organisation.id))
            #expect(chargeAgain.charged == charge.charged && chargeAgain.overrun == charge.overrun)
            #expect(chargeAgain.balances.map(\.identity.envelope) == charge.balances.map(\.identity.envelope))
        }
    }

    @Test("two keys that are bound to other tags do not share a hold, though the bodies they send are the same")
    func boundKeys() async throws {
        let policy = "envelopes: [{ name: team, per: [team_id], meter: cost, limit: \"10\" }]"
        try await TestLedger.with(policy: policy) { ledger in
            var outcomes: [Outcome] = []
            for team in ["a", "b"] {
                let key = try await ledger.store.keys.create(
                    role: .gateway, tags: TestLedger.tags(["team_id": team]), agentID: nil, name: nil, organisation: ledger.organisation
                ).key
                outcomes.append(try await ledger.submit(.reserve(ledger.call("1", key: key, idempotency: "1"))))
            }
            #expect(outcomes[0].name == "admitted")
            // The bodies are equal, the calls are not: each key fills in its own team.
            #expect(outcomes[1].name != "replayed")
        }
    }
}
