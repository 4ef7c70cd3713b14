import Testing

extension EndToEnd {
    /// Everything at once, for long: what was answered, what the tables say and what the interface shows are one.
    @Suite
    struct LongRunTests {
        private static let callers = 64

        @Test
        func everyAnswerIsInTheTables() async throws {
            print("seed \(Options.seed), \(Options.operations) operations (PURSER_E2E_SEED, PURSER_E2E_OPERATIONS)")
            try await Replicas.with(2, "--test-clock") { replicas in
                try await replicas.first.importPrices(Tariff.prices)
                try await replicas.first.apply(policy: Tariff.policy)
                let journal = Journal()
                let start = try await replicas.first.now()
                journal.change { $0.clock = start }
                try await run(replicas, journal)
                print("long run: " + journal.now.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
                #expect(journal.now.faults == [])

                // Whatever is still held expires.
                try await replicas.last.advance(to: journal.now.clock.adding(seconds: 3_600))
                let tables = try await replicas.expectSound()
                #expect(tables.open.isEmpty)
                #expect(Comparison(journal.now, tables).faults == [])
                for kind in [
                    "admitted", "refused 402", "refused 429", "committed", "committed late", "released", "extended", "charged", "found ended",
                ] {
                    #expect(journal.now.counts[kind] ?? 0 > 0, "nothing was \(kind)")
                }
                try await compareInterface(replicas, tables)
            }
        }

        private func run(_ replicas: Replicas, _ journal: Journal) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<Self.callers {
                    group.addTask {
                        var client = LongRunClient(number: number, clients: replicas.clients, journal: journal)
                        try await client.run(operations: Options.operations)
                    }
                }
                try await group.waitForAll()
            }
        }

        /// Balances and histories over HTTP, each replica half of them, against the rows.
        private func compareInterface(_ replicas: Replicas, _ tables: LedgerTables) async throws {
            let facts = tables.factsByBalance()
            var shown = 0
            for (number, envelope) in Tariff.envelopes.enumerated() {
                let client = replicas.clients[number % 2]
                let balances = try await client.balances(envelope)
                shown += balances.count
                for (place, balance) in balances.enumerated() {
                    let row = try #require(tables.balances.values.first { $0.id.description == balance.id })
                    #expect(row.held == balance.held.value && row.spent == balance.spent.value && row.key == balance.key)
                    #expect(row.windowStart?.description == balance.window.start && row.windowEnd?.description == balance.window.end)
                    guard place < 5 else { continue }
                    let history: [BalanceFactView] = try await client.all("/v1/balances/\(balance.id)/history")
                    let kept = (facts[row.id] ?? []).reversed()
                    #expect(history.map(\.version) == kept.map(\.entry.version))
                    #expect(history.map(\.held.value) == kept.map(\.entry.held) && history.map(\.spent.value) == kept.map(\.entry.spent))
                    #expect(history.map(\.amount.value) == kept.map { $0.entry.heldChange + $0.entry.spentChange })
                    #expect(history.map(\.reservationId) == kept.map(\.fact.description))
                }
            }
            #expect(shown == tables.balances.count)
        }
    }
}
