import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Group commit")
struct BatchTests {
    @Test("what waits together is one transaction, decided in the order in which it came")
    func oneBatch() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let names = try await ledger.namesInOneBatch((0..<15).map { _ in .reserve(ledger.call("1")) })
            #expect(names == Array(repeating: "admitted", count: 10) + Array(repeating: "exhausted", count: 5))
            #expect(try ledger.count("batches") == 1)
            #expect(try ledger.number("SELECT cardinality(opened) FROM batches") == 10)
            #expect(try ledger.number("SELECT cardinality(refused) FROM batches") == 5)
            #expect(try ledger.rows("total") == [TestLedger.Row(limit: 10_000_000_000, held: 10_000_000_000, spent: 0, version: 10)])
        }
    }

    @Test("a batch takes 256 operations; the rest goes into the next one")
    func batchLimit() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { ledger in
            let results = try await ledger.inOneBatch((0..<300).map { _ in .reserve(ledger.call("1")) })
            #expect(results.count == 300)
            #expect(try ledger.database.texts("SELECT cardinality(opened)::text FROM batches ORDER BY 1") == ["256", "44"])
            // The ids of a batch sort in the order of arrival.
            let ids = try results.prefix(256).map { try #require(try $0.get().admitted).id }
            #expect(ids == ids.sorted())
        }
    }

    @Test("a call that fills an envelope exactly is admitted, one nano-unit more is not")
    func exactly() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1")) { ledger in
            let names = try await ledger.namesInOneBatch(["0.6", "0.400000001", "0.4", "0.000000001", "0"].map { .reserve(ledger.call($0)) })
            #expect(names == ["admitted", "exhausted", "admitted", "exhausted", "admitted"])
        }
    }

    @Test("a call is held in all of its envelopes or in none")
    func allOrNothing() async throws {
        try await TestLedger.with(policy: SamplePolicy.layered(total: "100", team: "5", agent: "3")) { ledger in
            let tags = ["team_id": "t", "agent_id": "a"]
            #expect(try await ledger.reserve("3", tags).name == "admitted")
            let refused = try #require(try await ledger.reserve("1", tags).violations)
            #expect(refused.map(\.identity.envelope) == ["agent-day"])
            let both = try #require(try await ledger.reserve("4", tags).violations)
            #expect(both.map(\.identity.envelope) == ["team", "agent-day"])
            for envelope in ["total", "team", "agent-day"] { #expect(try ledger.standing(envelope) == "held 3 spent 0", "\(envelope)") }
        }
    }

    @Test("what a batch gives back, its later calls may hold")
    func givenBackWithin() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1")) { ledger in
            let first = try await ledger.hold("1")
            let report = UsageReport(statedCost: Money("0.25"))
            let names = try await ledger.namesInOneBatch([
                .reserve(ledger.call("0.5")),
                .settle(SettleRequest(key: ledger.gateway, reservation: first, action: .commit(report, fingerprint: report.fingerprint))),
                .reserve(ledger.call("0.5")),
                .settle(SettleRequest(key: ledger.gateway, reservation: first, action: .commit(report, fingerprint: report.fingerprint))),
                .reserve(ledger.call("0.26")),
            ])
            #expect(names == ["exhausted", "committed", "admitted", "replayed", "exhausted"])
            #expect(try ledger.standing("total") == "held 0.5 spent 0.25")
        }
    }

    @Test("a call without a matching envelope is admitted, and settles")
    func unmatched() async throws {
        try await TestLedger.with { ledger in
            let hold = try #require(try await ledger.reserve("5").admitted)
            #expect(hold.balances.isEmpty)
            #expect(try await ledger.commit(hold.id, "7").settled?.charged == Amounts(cost: 7_000_000_000, tokens: 0, modelCalls: 1))
            #expect(try await ledger.commit(hold.id, "7").name == "replayed")
            #expect(try await ledger.commit(hold.id, "8").name == "already settled")
            #expect(try ledger.count("balances") == 0)
        }
    }

    @Test("one operation that the database refuses does not fail its neighbours")
    func badNeighbour() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100")) { ledger in
            var operations: [LedgerStore.Operation] = (0..<9).map { _ in .reserve(ledger.call("1")) }
            // PostgreSQL keeps no NUL, neither in jsonb nor in text.
            operations[3] = .reserve(ledger.call("1", ["note": "a\u{0}b"]))
            var named = ledger.call("1")
            named.stateHash = "\u{0}"
            operations[6] = .reserve(named)
            let names = try await ledger.namesInOneBatch(operations)
            var expected = Array(repeating: "admitted", count: 9)
            for index in [3, 6] { expected[index] = "error: \(StoreError.Code.rejected)" }
            #expect(names == expected)
            #expect(try ledger.standing("total") == "held 7 spent 0")
            #expect(ledger.log.errors.count == 2)
            ledger.log.forget()
        }
    }

    @Test("a batch that changes nothing leaves nothing behind")
    func nothingToDo() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100")) { ledger in
            let id = try await ledger.hold("1")
            let before = try ledger.count("batches")
            #expect(try await ledger.settle(id, .expire).name == "nothing")
            #expect(try await ledger.commit(.fresh(at: ledger.now), "1").name == "not found")
            #expect(try ledger.count("batches") == before)
        }
    }

    @Test("limits change and calls of every meter are counted in their own unit")
    func meters() async throws {
        let policy = """
            envelopes:
              - { name: steps, meter: model_calls, limit: 2 }
              - { name: tools, per: [tool], meter: tool_calls, limit: 1 }
              - { name: tokens, meter: tokens, limit: 1000 }
              - { name: big, meter: cost, per_call: "5" }
            """
        try await TestLedger.with(policy: policy) { ledger in
            #expect(try await ledger.submit(.reserve(ledger.call("1", usage: TokenUsage(input: 600, output: 400)))).name == "admitted")
            #expect(
                try #require(try await ledger.submit(.reserve(ledger.call("1", usage: TokenUsage(input: 1)))).violations).map(\.identity.envelope)
                    == ["tokens"])
            #expect(try await ledger.reserve("0").name == "admitted")
            #expect(try #require(try await ledger.reserve("0").violations).map(\.identity.envelope) == ["steps"])
            #expect(try await ledger.submit(.reserve(ledger.call("5", model: nil))).name == "admitted")
            let refused = try #require(try await ledger.submit(.reserve(ledger.call("5.000000001", model: nil))).violations)
            #expect(refused.map(\.identity.envelope) == ["tools", "big"])
            #expect(refused.map(\.rule) == [.limit, .perCall])
        }
    }
}
