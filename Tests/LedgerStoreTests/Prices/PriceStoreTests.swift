import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Importing prices")
struct PriceStoreTests {
    private static func models(_ prices: [String: String]) -> String {
        let entries = prices.map { "\"\($0.key)\": { \"input_cost_per_token\": \($0.value), \"output_cost_per_token\": 0 }" }
        return "{ \(entries.joined(separator: ", ")), \"sample\": {} }"
    }

    @Test("only what differs is imported; the rest is counted")
    func differences() async throws {
        try await TestLedger.with { ledger in
            let first = try #require(try await ledger.importPrices(Self.models(["a": "1e-06", "b": "2e-06"])))
            #expect(first.imported == 2 && first.unchanged == 0 && first.skipped == 1)
            #expect(first.effectiveFrom == ledger.now)
            try await ledger.advance(seconds: 5)
            let second = try #require(try await ledger.importPrices(Self.models(["a": "1e-06", "b": "3e-06", "c": "1e-06"])))
            #expect(second.imported == 2 && second.unchanged == 1)
            #expect(try ledger.count("prices") == 4)
            let state = try await ledger.state()
            #expect(state.prices.price(of: "b", at: ledger.now)?.input == 3_000_000_000)
            #expect(state.prices.price(of: "b", at: first.effectiveFrom)?.input == 2_000_000_000)
            #expect(state.prices.price(of: "b", at: first.effectiveFrom.adding(seconds: -1)) == nil)
        }
    }

    @Test("an import follows the one before, though its replica knows an earlier time")
    func laggingReplica() async throws {
        try await TestLedger.with { (ledger) async throws in
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                let second = ledger.through(store)
                try await ledger.advance(seconds: 10)
                _ = try await ledger.importPrices(Self.models(["a": "1e-06"]))
                try await ledger.advance(seconds: 1)
                #expect(second.now < ledger.now)
                let last = try #require(try await second.importPrices(Self.models(["a": "2e-06"])))
                #expect(last.imported == 1 && last.effectiveFrom == ledger.now)
                #expect(try await ledger.state().prices.price(of: "a", at: ledger.now)?.input == 2_000_000_000)
            }
        }
    }

    @Test("a moment in the past is refused, the present and the future are not")
    func effective() async throws {
        try await TestLedger.with { ledger in
            let prices = Self.models(["a": "1e-06"])
            #expect(try await ledger.importPrices(prices, effective: ledger.now.adding(seconds: -1)) == nil)
            #expect(try ledger.count("prices") == 0)
            #expect(try #require(try await ledger.importPrices(prices, effective: ledger.now)).imported == 1)
            let later = ledger.now.adding(seconds: 3_600)
            #expect(try #require(try await ledger.importPrices(prices, effective: later)).unchanged == 1)
            #expect(try #require(try await ledger.importPrices(Self.models(["a": "2e-06"]), effective: later)).imported == 1)
            let state = try await ledger.state()
            #expect(state.prices.price(of: "a", at: later.adding(seconds: -1))?.input == 1_000_000_000)
            #expect(state.prices.price(of: "a", at: later)?.input == 2_000_000_000)
        }
    }

    @Test("a price that is corrected for the same moment is in force afterwards, or the import is refused")
    func sameMoment() async throws {
        try await TestLedger.with { ledger in
            let later = ledger.now.adding(seconds: 3_600)
            _ = try await ledger.importPrices(Self.models(["a": "2e-06"]), effective: later)
            let corrected = try await ledger.importPrices(Self.models(["a": "3e-06"]), effective: later)
            let price = try await ledger.state().prices.price(of: "a", at: later)
            #expect(corrected?.imported == 0 || price?.input == 3_000_000_000)
        }
    }

    @Test("the catalogue is listed by model and date, page after page")
    func list() async throws {
        try await TestLedger.with { ledger in
            _ = try await ledger.importPrices(Self.models(["b": "1e-06", "a": "1e-06"]))
            try await ledger.advance(seconds: 5)
            _ = try await ledger.importPrices(Self.models(["b": "2e-06", "a": "2e-06"]))
            var seen: [String] = []
            var after: (model: String, effectiveFrom: Timestamp)?
            while let last = try await ledger.store.prices.list(of: ledger.organisation.id, model: nil, after: after, limit: 1).first {
                seen.append("\(last.model) \(last.price.input)")
                after = (last.model, last.effectiveFrom)
            }
            #expect(seen == ["a 1000000000", "a 2000000000", "b 1000000000", "b 2000000000"])
            #expect(try await ledger.store.prices.list(of: ledger.organisation.id, model: "b", after: nil, limit: 10).count == 2)
            #expect(try await ledger.store.prices.list(of: ledger.organisation.id, model: "c", after: nil, limit: 10).isEmpty)
        }
    }

    @Test("prices of one organisation are not another's")
    func scope() async throws {
        try await TestLedger.with(prices: Self.models(["a": "1e-06"])) { ledger in
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            #expect(try await ledger.store.prices.list(of: other.id, model: nil, after: nil, limit: 10).isEmpty)
            #expect(try await ledger.store.organisations.current("other")?.prices.price(of: "a", at: ledger.now) == nil)
        }
    }

    @Test("a real catalogue's size is imported in one go")
    func large() async throws {
        try await TestLedger.with { (ledger) async throws in
            let prices = Dictionary(uniqueKeysWithValues: (0..<5_000).map { ("model-\($0)", "\($0 + 1)e-09") })
            #expect(try #require(try await ledger.importPrices(Self.models(prices))).imported == 5_000)
            #expect(try #require(try await ledger.importPrices(Self.models(prices))).unchanged == 5_000)
        }
    }
}
