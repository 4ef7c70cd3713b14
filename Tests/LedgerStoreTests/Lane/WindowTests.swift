import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Windows turn")
struct WindowTests {
    @Test("a new window begins with a balance of its own; a hold settles where it was opened")
    func turn() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10")) { ledger in
            let id = try await ledger.hold("10", ttlSeconds: 3_600)
            let refused = try #require(try await ledger.reserve("1").violations?.first)
            #expect(refused.resetsAt == Timestamp(rfc3339: "2026-11-22T00:00:00Z"))
            try await ledger.advance(seconds: 14 * 3_600 - 1)
            #expect(try await ledger.reserve("1").name == "exhausted")
            try await ledger.advance(seconds: 1)
            #expect(try await ledger.reserve("1").name == "admitted")
            _ = try await ledger.commit(id, "12")
            #expect(try ledger.rows("daily").map { "\($0.held) \($0.spent)" } == ["0 12000000000", "1000000000 0"])
        }
    }

    @Test("a replica whose clock lags behind is set right by the database")
    func laggingReplica() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10")) { first in
            _ = try await first.hold("10")
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                #expect(try await second.reserve("1").name == "exhausted")
                try await first.advance(seconds: 86_400)
                #expect(second.now < first.now)
                #expect(try await second.reserve("1").name == "admitted")
                #expect(second.now == first.now)
            }
        }
    }

    @Test("several envelopes with windows of their own turn apart")
    func apart() async throws {
        let policy = """
            envelopes:
              - { name: minute, meter: cost, limit: "1", window: { every: minute } }
              - { name: hour, meter: cost, limit: "2", window: { every: hour } }
              - { name: run, per: [run_id], meter: cost, limit: "3", window: { every: run } }
            """
        try await TestLedger.with(policy: policy) { ledger in
            func refusing() async throws -> [String] {
                let outcome = try await ledger.reserve("1", ["run_id": "r"])
                return outcome.violations?.map(\.identity.envelope) ?? [outcome.name]
            }
            #expect(try await refusing() == ["admitted"])
            #expect(try await refusing() == ["minute"])
            try await ledger.advance(seconds: 60)
            #expect(try await refusing() == ["admitted"])
            try await ledger.advance(seconds: 60)
            #expect(try await refusing() == ["hour"])
            try await ledger.advance(seconds: 3_600)
            #expect(try await refusing() == ["admitted"])
            try await ledger.advance(seconds: 3_600)
            #expect(try await refusing() == ["run"])
        }
    }

    @Test("time does not go back within a balance, whatever the clock says")
    func clockGoesBack() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            _ = try await ledger.hold("1")
            try ledger.database.run("UPDATE test_clock SET now = now - interval '1 hour'")
            _ = try await ledger.hold("1")
            #expect(try ledger.database.texts("SELECT DISTINCT opened_at::text FROM reservations") == ["2026-11-21 10:00:00+00"])
            #expect(try ledger.number("SELECT count(*) FROM balances WHERE changed_at = '\(LedgerDatabase.start)'") == 1)
        }
    }
}

@Suite("A policy changes under open holds")
struct PolicyChangeTests {
    @Test("a changed limit applies to the live balance at once")
    func limit() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let id = try await ledger.hold("8")
            try await ledger.apply(SamplePolicy.total("5"))
            let refused = try #require(try await ledger.reserve("1").violations?.first)
            #expect(refused.limit == 5_000_000_000 && refused.held == 8_000_000_000)
            let listed = try await ledger.store.balances.list(
                envelope: "total", policy: try await ledger.state().policy, tags: Tags(), allWindows: false, after: nil, limit: 10,
                of: ledger.organisation.id)
            #expect(listed.map(\.limit) == [5_000_000_000])
            let settled = try #require(try await ledger.commit(id, "7").settled)
            #expect(settled.balances.map(\.limit) == [5_000_000_000])
            #expect(settled.overrun.cost == 2_000_000_000)
            try await ledger.apply(SamplePolicy.total("20"))
            #expect(try await ledger.reserve("13").name == "admitted")
        }
    }

    @Test("holds of an envelope that is gone settle on the balances they carry")
    func removed() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let (committed, released, expired) = (try await ledger.hold("1"), try await ledger.hold("2"), try await ledger.hold("3"))
            try await ledger.apply("envelopes: []")
            #expect(try await ledger.commit(committed, "0.5").settled?.balances.map(\.limit) == [10_000_000_000])
            #expect(try await ledger.settle(released, .release(reason: nil)).name == "released")
            try await ledger.advance(seconds: 120)
            #expect(try await ledger.store.holds.expireDue().due == 1)
            #expect(try ledger.standing("total") == "held 0 spent 0.5")
            #expect(try await ledger.commit(expired, "4").name == "late")
            #expect(try ledger.standing("total") == "held 0 spent 4.5")
            #expect(try await ledger.reserve("1000").admitted?.balances.isEmpty == true)
        }
    }

    @Test("a changed meter, window or per begins new balances; a changed match does not")
    func otherRule() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let id = try await ledger.hold("10", ["team_id": "a"])
            try await ledger.apply("envelopes: [{ name: total, match: { team_id: \"*\" }, meter: cost, limit: \"10\" }]")
            #expect(try await ledger.reserve("1", ["team_id": "a"]).name == "exhausted")
            for change in [
                "per: [team_id], meter: cost, limit: \"10\"", "meter: cost, limit: \"10\", window: { every: day }", "meter: model_calls, limit: 1",
            ] {
                try await ledger.apply("envelopes: [{ name: total, \(change) }]")
                #expect(try await ledger.reserve("1", ["team_id": "a"]).name == "admitted", "\(change)")
            }
            // The first hold still settles on the balance that it was opened on.
            #expect(try await ledger.commit(id, "10").settled?.balances.map(\.spent) == [10_000_000_000])
            #expect(try ledger.count("balances") == 4)
        }
    }

    @Test("a hold is of the policy that its batch found, not of the one that its caller knew")
    func staleCaller() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let old = try await ledger.state()
            try await ledger.apply(SamplePolicy.layered(total: "10", team: "1", agent: "10"))
            let call = LedgerStore.Operation.reserve(ledger.call("2", ["team_id": "t", "agent_id": "a"]))
            let outcome = try await ledger.store.lanes.submit(call, state: old)
            #expect(outcome.violations?.map(\.identity.envelope) == ["team"])
        }
    }
}
