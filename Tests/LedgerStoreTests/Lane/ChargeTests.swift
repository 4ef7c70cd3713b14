import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Direct charges and what a call costs")
struct ChargeTests {
    @Test("a direct charge books always, beyond the limit too, and names the overrun")
    func direct() async throws {
        try await TestLedger.with(policy: SamplePolicy.layered(total: "10", team: "5", agent: "2")) { ledger in
            let tags = ["team_id": "t", "agent_id": "a"]
            let charged = try #require(try await ledger.charge("4", tags).settled)
            #expect(charged.charged.cost == 4_000_000_000)
            #expect(charged.overrun.cost == 2_000_000_000)
            #expect(charged.balances.map(\.identity.envelope) == ["total", "team", "agent-day"])
            _ = try await ledger.charge("8", tags)
            #expect(try ledger.standing("total") == "held 0 spent 12")
            #expect(try await ledger.reserve("0", tags).name == "exhausted")
            #expect(try ledger.database.texts("SELECT DISTINCT kind FROM settlements") == ["direct"])
            #expect(try ledger.count("reservations") == 0)
        }
    }

    @Test("the same charge again is answered from the fact, another body is refused")
    func repeated() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let id = try #require(try await ledger.charge("4", idempotency: "k").settled).id
            #expect(try await ledger.charge("4", idempotency: "k").replayed == id)
            #expect(try await ledger.charge("5", idempotency: "k").name == "idempotency mismatch")
            let names = try await ledger.namesInOneBatch(
                (0..<3).map { _ in
                    .charge(
                        ChargeRequest(
                            key: ledger.gateway, idempotency: TestLedger.idempotency("j", "1"), tags: Tags(), model: "gpt-5", tool: nil,
                            report: UsageReport(statedCost: Money("1")), step: nil))
                })
            #expect(names == ["committed", "replayed", "replayed"])
            #expect(try ledger.standing("total") == "held 0 spent 5")
        }
    }

    @Test("a charge that no amount can hold is refused and books nothing")
    func overflow() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            _ = try await ledger.charge("9223372036.854775807")
            #expect(try await ledger.charge("0.000000001").name == "amount too large")
            #expect(try await ledger.reserve("0.000000001").name == "exhausted")
            #expect(try ledger.standing("total") == "held 0 spent 9223372036.854775807")
        }
    }

    @Test("a commit whose sum no amount can hold is refused on all balances, and the hold stays")
    func commitOverflow() async throws {
        let policy = """
            envelopes:
              - { name: team, per: [team_id], meter: cost, limit: "9000000000" }
              - { name: total, meter: cost, limit: "9000000000" }
            """
        try await TestLedger.with(policy: policy) { ledger in
            let id = try await ledger.hold("1", ["team_id": "a"])
            #expect(try await ledger.charge("9223372036", ["team_id": "b"]).name == "amount too large")
            _ = try await ledger.charge("9223372035", ["team_id": "b"])
            #expect(try await ledger.commit(id, "2").name == "amount too large")
            #expect(try ledger.rows("team").map(\.version) == [1, 1])
            #expect(try await ledger.commit(id, "1.5").name == "committed")
        }
    }

    @Test("tokens cost what the catalogue says; a stated cost wins and the tokens still count")
    func priced() async throws {
        let policy = """
            envelopes:
              - { name: total, meter: cost, limit: "10" }
              - { name: tokens, meter: tokens, limit: 100000 }
            """
        let prices = """
            { "gpt-5": { "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-07 } }
            """
        try await TestLedger.with(policy: policy, prices: prices) { ledger in
            var call = ledger.call("0", usage: TokenUsage(input: 1_200, output: 800))
            call.statedCost = nil
            let hold = try #require(try await ledger.submit(.reserve(call)).admitted)
            #expect(hold.held == Amounts(cost: 9_500_000, tokens: 2_000, modelCalls: 1))
            let used = UsageReport(usage: TokenUsage(input: 1_180, output: 640, cachedInput: 1_000))
            #expect(try #require(try await ledger.commit(hold.id, used).settled).charged == Amounts(cost: 6_750_000, tokens: 1_820, modelCalls: 1))

            let stated = try #require(
                try await ledger.submit(.reserve(ledger.call("1", usage: TokenUsage(input: 10, output: 10)))).admitted)
            #expect(stated.held == Amounts(cost: 1_000_000_000, tokens: 20, modelCalls: 1))
            let cheaper = UsageReport(usage: TokenUsage(input: 5, output: 5), statedCost: Money("0.5"))
            #expect(
                try #require(try await ledger.commit(stated.id, cheaper).settled).charged == Amounts(cost: 500_000_000, tokens: 10, modelCalls: 1))
        }
    }

    @Test("a commit is priced as of the moment when the hold was opened")
    func priceOfOpening() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10"), prices: SamplePrices.model("1e-06")) { ledger in
            var call = ledger.call("0", usage: TokenUsage(input: 1_000_000))
            call.statedCost = nil
            let old = try #require(try await ledger.submit(.reserve(call)).admitted)
            try await ledger.advance(seconds: 10)
            _ = try await ledger.importPrices(SamplePrices.model("3e-06"))
            call.idempotency = TestLedger.idempotency(nil, "")
            let new = try #require(try await ledger.submit(.reserve(call)).admitted)
            #expect(old.held.cost == 1_000_000_000 && new.held.cost == 3_000_000_000)
            let report = UsageReport(usage: TokenUsage(input: 2_000_000))
            #expect(try await ledger.commit(old.id, report).settled?.charged.cost == 2_000_000_000)
            #expect(try await ledger.commit(new.id, report).settled?.charged.cost == 6_000_000_000)
        }
    }

    @Test("a price that begins later is not charged before")
    func futurePrice() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100"), prices: SamplePrices.model("1e-06")) { ledger in
            _ = try await ledger.importPrices(SamplePrices.model("5e-06"), effective: ledger.now.adding(seconds: 60))
            func cost() async throws -> Int64? {
                var call = ledger.call("0", usage: TokenUsage(input: 1_000_000))
                call.statedCost = nil
                return try await ledger.submit(.reserve(call)).admitted?.held.cost
            }
            #expect(try await cost() == 1_000_000_000)
            try await ledger.advance(seconds: 59)
            #expect(try await cost() == 1_000_000_000)
            try await ledger.advance(seconds: 1)
            #expect(try await cost() == 5_000_000_000)
        }
    }

    @Test("a model without a price needs a stated cost")
    func unknownModel() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100")) { ledger in
            var call = ledger.call("0", usage: TokenUsage(input: 10))
            call.statedCost = nil
            guard case .unknownModel("gpt-5")? = try await ledger.submit(.reserve(call)).refusal else { throw TestFailure("not unknown") }
            #expect(try await ledger.reserve("1").name == "admitted")
        }
    }

    @Test("the model that really answered sets the price of a commit")
    func otherModel() async throws {
        let prices = """
            { "gpt-5": { "input_cost_per_token": 2e-06, "output_cost_per_token": 0 },
              "gpt-5-mini": { "input_cost_per_token": 1e-06, "output_cost_per_token": 0 } }
            """
        try await TestLedger.with(policy: SamplePolicy.total("100"), prices: prices) { ledger in
            let id = try await ledger.hold("1")
            let report = UsageReport(usage: TokenUsage(input: 1_000_000), model: "gpt-5-mini")
            #expect(try await ledger.commit(id, report).settled?.charged.cost == 1_000_000_000)
            #expect(try ledger.database.texts("SELECT model FROM settlements") == ["gpt-5-mini"])
        }
    }

    @Test("a provider's name for the model, unknown to the catalogue, must not make real spend fall out of the ledger")
    func unpricedAnswer() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100"), prices: SamplePrices.model("1e-06")) { ledger in
            let id = try await ledger.hold("1")
            let report = UsageReport(usage: TokenUsage(input: 1_000_000), model: "gpt-5-2026-08-07")
            let outcome = try await ledger.commit(id, report)
            #expect(outcome.name == "committed")
        }
    }

    @Test("a model call is not committed without tokens or cost: it would be free")
    func emptyCommit() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100"), prices: SamplePrices.model("1e-06")) { ledger in
            let id = try await ledger.hold("5")
            #expect(try await ledger.commit(id, UsageReport()).name == "usage missing")
            #expect(try await ledger.commit(id, UsageReport(toolCalls: 1, status: .error)).name == "usage missing")
            #expect(try ledger.standing("total") == "held 5 spent 0")
        }
    }

    @Test("a tool call costs what is stated, else what was held, and counts its calls")
    func toolCall() async throws {
        let policy = """
            envelopes:
              - { name: total, meter: cost, limit: "100" }
              - { name: tools, meter: tool_calls, limit: 100 }
            """
        try await TestLedger.with(policy: policy) { ledger in
            let plain = try #require(try await ledger.submit(.reserve(ledger.call("2", model: nil))).admitted)
            #expect(plain.held == Amounts(cost: 2_000_000_000, toolCalls: 1))
            #expect(try await ledger.commit(plain.id, UsageReport()).settled?.charged == Amounts(cost: 2_000_000_000, toolCalls: 1))
            let stated = try #require(try await ledger.submit(.reserve(ledger.call("2", model: nil))).admitted)
            let report = UsageReport(toolCalls: 3, statedCost: Money("1"))
            #expect(try await ledger.commit(stated.id, report).settled?.charged == Amounts(cost: 1_000_000_000, toolCalls: 3))
            #expect(try ledger.rows("tools").map(\.spent) == [4])
        }
    }
}
