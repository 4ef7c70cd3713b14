import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Imports of prices")
struct PriceImportTests {
    private static func file(_ inputs: [String: String], rate: String = "1") throws -> PriceFile {
        let entries = inputs.map { "\"\($0.key)\": { \"input_cost_per_token\": \($0.value), \"output_cost_per_token\": 0 }" }
        return try PriceFile(Array("{ \(entries.joined(separator: ", ")) }".utf8), rate: try #require(ExchangeRate(rate)))
    }

    /// The whole catalogue, and what else an import writes.
    private static func everything(_ ledger: TestLedger) throws -> [String] {
        try ledger.database.texts("SELECT p::text FROM prices p UNION ALL SELECT i::text FROM price_imports i ORDER BY 1")
            + ledger.database.texts("SELECT e::text FROM org_epochs e ORDER BY 1")
    }

    @Test("a dry run changes nothing, and says what the import then does")
    func dryRun() async throws {
        try await TestLedger.with { ledger in
            let organisation = ledger.organisation.id
            let first = try Self.file(["a": "1e-06", "b": "1e-06"])
            _ = try await ledger.store.prices.add(first, effective: nil, author: "ada", organisation: organisation)
            try await ledger.advance(seconds: 5)
            let file = try PriceFile(
                Array(
                    """
                    { "c": { "input_cost_per_token": 3e-06, "output_cost_per_token": 0 }, "a": { "input_cost_per_token": 1e-06,
                      "output_cost_per_token": 0, "input_cost_per_token_above_200k_tokens": 2e-06 },
                      "b": { "input_cost_per_token": 1e-06, "output_cost_per_token": 0 }, "d": {} }
                    """.utf8))
            let before = try Self.everything(ledger)
            let preview = try #require(try await ledger.store.prices.preview(file, effective: nil, organisation: organisation))
            #expect(try Self.everything(ledger) == before)
            let old = ModelPrice(input: 1_000_000_000, output: 0)
            let tiered = ModelPrice(
                input: 1_000_000_000, output: 0, tiers: [ContextTier(aboveInputTokens: 200_000, input: 2_000_000_000)])
            #expect(
                preview.changes == [
                    PriceChange(model: "a", old: old, new: tiered),
                    PriceChange(model: "c", old: nil, new: ModelPrice(input: 3_000_000_000, output: 0)),
                ])
            let done = try await ledger.store.prices.add(file, effective: nil, author: "ada", organisation: organisation)
            #expect(done == preview.outcome)
            #expect(done?.imported == 2 && done?.unchanged == 1 && done?.skipped == 1)
            let book = try await ledger.state().prices
            for change in preview.changes { #expect(book.price(of: change.model, at: ledger.now) == change.new) }
        }
    }

    @Test("random imports do what their dry runs said")
    func foretold() async throws {
        try await TestLedger.with { ledger in
            var random = SplitMix64.announced("Dry runs")
            for _ in 0..<30 {
                if random.chance(50) { try await ledger.advance(seconds: 1) }
                let models = (0..<random.number(0...6)).map { _ in ("m\(random.number(0...9))", "\(random.number(1...3))e-06") }
                let file = try Self.file(Dictionary(models) { $1 }, rate: random.one(of: ["1", "2", "0.5"]))
                let effective = random.chance(50) ? ledger.now.adding(seconds: random.number(0...3)) : nil
                let preview = try await ledger.store.prices.preview(file, effective: effective, organisation: ledger.organisation.id)
                let before = try ledger.count("prices")
                let done = try await ledger.store.prices.add(file, effective: effective, author: "x", organisation: ledger.organisation.id)
                #expect(done != nil && preview?.outcome == done, "seed \(random.seed)")
                #expect(try ledger.count("prices") - before == Int64(preview?.changes.count ?? -1), "seed \(random.seed)")
            }
        }
    }

    @Test("a dry run lists the first 1,000 changes and counts the rest; the past is refused as it is on import")
    func bounded() async throws {
        try await TestLedger.with { ledger in
            let file = try Self.file(Dictionary(uniqueKeysWithValues: (1_000...2_004).map { ("m\($0)", "1e-06") }))
            let preview = try #require(try await ledger.store.prices.preview(file, effective: nil, organisation: ledger.organisation.id))
            #expect(preview.outcome.imported == 1_005)
            #expect(preview.changes.count == 1_000 && preview.changes.last?.model == "m1999")
            let past = ledger.now.adding(seconds: -1)
            #expect(try await ledger.store.prices.preview(file, effective: past, organisation: ledger.organisation.id) == nil)
        }
    }

    @Test("every import is recorded with its hash, rate and author, newest first, page after page; refused ones are not")
    func recorded() async throws {
        try await TestLedger.with { ledger in
            let organisation = ledger.organisation.id
            var files: [PriceFile] = []
            // The clock stands still in between: imports of one moment keep their order.
            for (number, rate) in ["1", "0.92", "156.25"].enumerated() {
                let file = try Self.file(["a": "\(number + 1)e-06", "b": "1e-06"], rate: rate)
                _ = try await ledger.store.prices.add(file, effective: nil, author: "author \(number)", organisation: organisation)
                files.append(file)
            }
            _ = try await ledger.store.prices.add(files[0], effective: ledger.now.adding(seconds: -9), author: "late", organisation: organisation)
            var found: [RecordedPriceImport] = []
            while let next = try await ledger.store.prices.imports(of: organisation, after: found.last?.id, limit: 1).first { found.append(next) }
            #expect(found.map(\.author) == ["author 2", "author 1", "author 0"])
            #expect(found.map(\.outcome.checksum) == files.reversed().map(\.checksum))
            #expect(found.map(\.outcome.rate.description) == ["156.25", "0.92", "1"])
            #expect(found.map(\.outcome.imported) == [0, 0, 2] && found.map(\.outcome.unchanged) == [2, 2, 0])
            #expect(found.allSatisfy { $0.createdAt == ledger.now && $0.outcome.effectiveFrom == ledger.now })
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            #expect(try await ledger.store.prices.imports(of: other.id, after: nil, limit: 10).isEmpty)
        }
    }

    @Test("tiers come back from the catalogue as they went in, and through a replica that reads it anew")
    func tiersAreKept() async throws {
        let json = """
            { "m": { "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "input_cost_per_token_above_200k_tokens": 9223,
              "cache_read_input_token_cost_above_128k_tokens": 0,
              "cache_creation_input_token_cost_above_128k_tokens": 1e-15, "output_cost_per_reasoning_token_above_999999999k_tokens": 3e-06 } }
            """
        try await TestLedger.with(prices: json) { ledger in
            let expected = try PriceFile(Array(json.utf8)).prices["m"]
            #expect(expected?.tiers.count == 3)
            let listed = try await ledger.store.prices.list(of: ledger.organisation.id, model: nil, after: nil, limit: 10)
            #expect(listed.map(\.price) == [expected])
            try await RunningStore.with(ledger.database) { (other) async throws in
                #expect(try await other.organisations.current(ledger.organisation.name)?.prices.price(of: "m", at: ledger.now) == expected)
            }
            try await ledger.advance(seconds: 1)
            #expect(try await ledger.importPrices(json)?.unchanged == 1)
        }
    }
}
