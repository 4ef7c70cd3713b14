import Testing

extension EndToEnd {
    /// What was really spent is booked, whatever the budget says.
    @Suite
    struct RealSpendTests {
        private static let policy = """
            envelopes:
              - { name: money, meter: cost, limit: "1" }
              - { name: tokens, meter: tokens, limit: 1000 }
            """
        private static let prices = "{\"m\":{\"input_cost_per_token\":3e-10,\"output_cost_per_token\":1e-05}}"

        @Test
        func spendBeyondTheLimitIsBookedAndSaid() async throws {
            try await Replicas.with(1) { replicas in
                let client = replicas.first
                try await client.importPrices(Self.prices)
                try await client.apply(policy: Self.policy)
                let hold = try await client.reserve(Call([:], cost: "0.75", model: "m"), key: "a").decoded(201, as: HoldAnswer.self)
                // 3 × 0.3 + 150,000 × 10,000 nano-units, rounded up.
                let body = "{\"usage\":{\"input_tokens\":3,\"output_tokens\":150000}}"
                let settlement = try await client.commit(hold.id, body).decoded(200, as: SettlementAnswer.self)
                #expect(settlement.charged == Amounts(cost: 1_500_000_001, tokens: 150_003, modelCalls: 1))
                #expect(settlement.overrun == Amounts(cost: 500_000_001, tokens: 149_003))
                #expect(settlement.returned == Amounts())
                #expect(settlement.envelopes.map(\.remaining.value) == [-500_000_001, -149_003])
                #expect(try await client.reserve(Call([:], cost: "0", model: "m"), key: "b").status == 402)
                #expect(try await client.charge(Call([:], cost: "2", model: "m").usageBody, key: "c").status == 201)
                let tables = try await replicas.expectSound()
                #expect(tables.balances.values.first { $0.meter == "cost" }?.spent == 3_500_000_001)
            }
        }

        /// A report that says nothing of cost or tokens would drop what was spent.
        @Test(arguments: ["{}", "{\"usage\":{}}", "{\"usage\":{\"cached_input_tokens\":0}}", "{\"status\":\"ok\",\"cost\":null}"])
        func aCommitOfAModelCallSaysWhatWasUsed(body: String) async throws {
            try await Replicas.with(1) { replicas in
                let client = replicas.first
                try await client.importPrices(Self.prices)
                try await client.apply(policy: Self.policy)
                let hold = try await client.reserve(Call([:], cost: "0.75", model: "m"), key: "a").decoded(201, as: HoldAnswer.self)
                let answer = try await client.commit(hold.id, body)
                #expect(answer.status == 422 && answer.problem == "invalid-request", "\(answer)")
                #expect(try await client.reservation(hold.id).state == "held")
            }
        }
    }
}
