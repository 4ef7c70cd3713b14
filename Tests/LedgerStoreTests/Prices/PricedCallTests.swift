import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("What calls cost by the catalogue")
struct PricedCallTests {
    private static let tiered = """
        { "m": { "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05, "cache_read_input_token_cost": 3e-07,
          "output_cost_per_reasoning_token": 2e-05, "input_cost_per_token_above_200k_tokens": 6e-06,
          "output_cost_per_token_above_200k_tokens": 2.25e-05, "cache_read_input_token_cost_above_200k_tokens": 6e-07 } }
        """

    /// What is held for a call of these tokens, in major units.
    private static func held(_ ledger: TestLedger, _ usage: TokenUsage) async throws -> String {
        let outcome = try await ledger.submit(.reserve(ledger.call("", model: "m", usage: usage)))
        guard case .admitted(let hold) = outcome else { throw TestFailure("not admitted: \(outcome)") }
        return Money(nanos: hold.held.cost).description
    }

    @Test("a long call is held at the tier's prices, one of exactly the threshold at the base's")
    func threshold() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000"), prices: Self.tiered) { (ledger) async throws in
            #expect(try await Self.held(ledger, TokenUsage(input: 200_000, output: 1_000)) == "0.615")
            #expect(try await Self.held(ledger, TokenUsage(input: 200_001, output: 1_000)) == "1.222506")
        }
    }

    @Test("cached, reasoning and tier prices meet in one cost, and a commit is priced by what was really used")
    func settled() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000"), prices: Self.tiered) { ledger in
            let estimate = ledger.call("", model: "m", usage: TokenUsage(input: 100_000, output: 1_000))
            guard case .admitted(let hold) = try await ledger.submit(.reserve(estimate)) else { throw TestFailure("not admitted") }
            #expect(Money(nanos: hold.held.cost).description == "0.315")
            let used = TokenUsage(input: 300_000, output: 1_000, cachedInput: 100_000, reasoning: 400)
            _ = try await ledger.commit(hold.id, UsageReport(usage: used))
            // 200,000 × 6e-06 + 100,000 × 6e-07 + 600 × 2.25e-05 + 400 × 2e-05
            #expect(try ledger.standing("total") == "held 0 spent 1.2815")
        }
    }

    @Test("a price that is effective tomorrow does not price today's call")
    func tomorrow() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000"), prices: Self.tiered) { ledger in
            let dearer = #"{ "m": { "input_cost_per_token": 1e-03, "output_cost_per_token": 0 } }"#
            let effective = ledger.now.adding(seconds: 86_400)
            #expect(try await ledger.importPrices(dearer, effective: effective)?.imported == 1)
            let usage = TokenUsage(input: 1_000)
            #expect(try await Self.held(ledger, usage) == "0.003")
            try await ledger.advance(seconds: 86_399)
            #expect(try await Self.held(ledger, usage) == "0.003")
            try await ledger.advance(seconds: 1)
            #expect(try await Self.held(ledger, usage) == "1")
        }
    }

    @Test("a price counts from its moment on, though the replica of the call knows an earlier time")
    func laggingReplica() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000"), prices: Self.tiered) { (ledger) async throws in
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                let second = ledger.through(store)
                let dearer = #"{ "m": { "input_cost_per_token": 1e-03, "output_cost_per_token": 0 } }"#
                _ = try await ledger.importPrices(dearer, effective: ledger.now.adding(seconds: 60))
                #expect(try await Self.held(second, TokenUsage(input: 1_000)) == "0.003")
                try await ledger.advance(seconds: 60)
                #expect(second.now < ledger.now)
                #expect(try await Self.held(second, TokenUsage(input: 1_000)) == "1")
            }
        }
    }
}
