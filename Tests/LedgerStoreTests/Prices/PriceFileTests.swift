import Ledger
import LedgerStore
import Testing

@Suite("Price files")
struct PriceFileTests {
    private static func file(_ text: String) throws -> PriceFile { try PriceFile(Array(text.utf8)) }

    @Test("prices are read as the decimals they are, in units of 1e-15 per token")
    func decimals() throws {
        let file = try Self.file(
            """
            { "gpt-5": { "max_tokens": 128000, "mode": "chat", "supports": [1, {"a": null}], "input_cost_per_token": 1.25e-06,
                "output_cost_per_token": 0.00001, "cache_read_input_token_cost": 1.25E-7, "cache_creation_input_token_cost": 1e-15,
                "output_cost_per_reasoning_token": 3e-06, "litellm_provider": "x" },
              "free": { "input_cost_per_token": 0, "output_cost_per_token": 0.0 } }
            """)
        #expect(
            file.prices["gpt-5"]
                == ModelPrice(
                    input: 1_250_000_000, output: 10_000_000_000, cachedInput: 125_000_000, cacheWrite: 1, reasoning: 3_000_000_000))
        #expect(file.prices["free"] == ModelPrice(input: 0, output: 0))
        #expect(file.skipped == 0)
    }

    @Test("a price with more decimals than are kept is rounded up")
    func rounding() throws {
        let file = try Self.file(#"{ "m": { "input_cost_per_token": 1.0000000001e-06, "output_cost_per_token": 1e-16 } }"#)
        #expect(file.prices["m"] == ModelPrice(input: 1_000_000_001, output: 1))
    }

    @Test(
        "entries without a usable price are skipped and counted",
        arguments: [
            "{}", #"{ "input_cost_per_token": 1e-06 }"#, #"{ "output_cost_per_token": 1e-06 }"#,
            #"{ "input_cost_per_token": "1e-06", "output_cost_per_token": 1e-06 }"#,
            #"{ "input_cost_per_token": null, "output_cost_per_token": 1e-06 }"#,
            #"{ "input_cost_per_token": -1e-06, "output_cost_per_token": 1e-06 }"#,
            #"{ "input_cost_per_token": 1e99, "output_cost_per_token": 1e-06 }"#,
            #"{ "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06, "cache_read_input_token_cost": 1e99 }"#,
            #"{ "input_cost_per_token": 99999, "output_cost_per_token": 1e-06 }"#,
        ])
    func skipped(entry: String) throws {
        let file = try Self.file("{ \"m\": \(entry), \"n\": { \"input_cost_per_token\": 1, \"output_cost_per_token\": 1 } }")
        #expect(file.skipped == 1)
        #expect(file.prices.keys.sorted() == ["n"])
    }

    @Test("a part's price that cannot be used is no reason to charge the whole's price for the part without a word")
    func unusablePart() throws {
        for price in ["-1", "1e-99999", "\"1e-07\""] {
            let file = try Self.file(
                "{ \"m\": { \"input_cost_per_token\": 1e-06, \"output_cost_per_token\": 1e-06, \"cache_read_input_token_cost\": \(price) } }")
            #expect(file.skipped == 1, "\(price)")
        }
    }

    @Test("model names are 1 to 256 characters without control characters")
    func names() throws {
        let price = #"{ "input_cost_per_token": 1, "output_cost_per_token": 1 }"#
        let names = ["", "a\\u0000b", "a\\nb", String(repeating: "x", count: 257), "azure/gpt-5", "日本", String(repeating: "x", count: 256)]
        let file = try Self.file("{ \(names.map { "\"\($0)\": \(price)" }.joined(separator: ", ")) }")
        #expect(file.skipped == 4)
        #expect(file.prices.count == 3)
    }

    @Test("a model that stands twice is refused")
    func twice() throws {
        let price = #"{ "input_cost_per_token": 1, "output_cost_per_token": 1 }"#
        #expect(throws: PriceFileError.self) { try Self.file("{ \"a\": \(price), \"a\": \(price) }") }
    }

    @Test(
        "what is no object of objects is refused",
        arguments: ["", "[]", "1", "{\"a\": 1}", "{\"a\": []}", "{\"a\": {}", "{\"a\": {},}", "{\"a\": {\"b\": }}"])
    func malformed(text: String) {
        #expect(throws: PriceFileError.self) { try Self.file(text) }
    }

    @Test("context tiers are read, whichever members they state; prices of other services are not taken for tiers")
    func tiers() throws {
        let file = try Self.file(
            """
            { "claude": { "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05, "cache_read_input_token_cost": 3e-07,
                "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06,
                "input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05,
                "cache_read_input_token_cost_above_200k_tokens": 6e-07, "cache_creation_input_token_cost_above_200k_tokens": 7.5e-06,
                "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 1.2e-05, "input_cost_per_token_above_200k_tokens_priority": 9,
                "input_cost_per_token_batches": 1e-06, "output_cost_per_token_flex": "x", "input_cost_per_token_above_1hr": "x" },
              "gemini": { "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06, "output_cost_per_token_above_256k_tokens": 4e-06,
                "input_cost_per_token_above_128k_tokens": 2e-06, "output_cost_per_reasoning_token_above_128k_tokens": 3e-06,
                "cache_read_input_token_cost_above_512k_tokens": null } }
            """)
        #expect(
            file.prices["claude"]
                == ModelPrice(
                    input: 3_000_000_000, output: 15_000_000_000, cachedInput: 300_000_000, cacheWrite: 3_750_000_000,
                    tiers: [
                        ContextTier(
                            aboveInputTokens: 200_000, input: 6_000_000_000, output: 22_500_000_000, cachedInput: 600_000_000,
                            cacheWrite: 7_500_000_000)
                    ]))
        #expect(
            file.prices["gemini"]?.tiers == [
                ContextTier(aboveInputTokens: 128_000, input: 2_000_000_000, reasoning: 3_000_000_000),
                ContextTier(aboveInputTokens: 256_000, output: 4_000_000_000),
            ])
        #expect(file.skipped == 0)
    }

    @Test(
        "a tier that cannot be read makes the entry unusable, never cheaper",
        arguments: [
            #""input_cost_per_token_above_200k_tokens": "2e-06""#, #""input_cost_per_token_above_200k_tokens": -2e-06"#,
            #""output_cost_per_token_above_200k_tokens": 1e99"#, #""cache_read_input_token_cost_above_200k_tokens": 99999"#,
            #""cache_creation_input_token_cost_above_200k_tokens": true"#, #""input_cost_per_token_above_1m_tokens": 2e-06"#,
            #""input_cost_per_token_above_200000_tokens": 2e-06"#, #""input_cost_per_token_above_0k_tokens": 2e-06"#,
            #""input_cost_per_token_above_0200k_tokens": 2e-06"#, #""input_cost_per_token_above_k_tokens": 2e-06"#,
            #""input_cost_per_token_above_1.5k_tokens": 2e-06"#, #""input_cost_per_token_above_9999999999k_tokens": 2e-06"#,
            (1...9).map { "\"input_cost_per_token_above_\($0)k_tokens\": 2e-06" }.joined(separator: ", "),
        ])
    func unreadableTier(members: String) throws {
        let price = #""input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06"#
        let file = try Self.file("{ \"m\": { \(price), \(members) }, \"n\": { \(price) } }")
        #expect(file.skipped == 1)
        #expect(file.prices.keys.sorted() == ["n"])
    }

    @Test("every price is multiplied by the rate, and one that then no longer fits makes the entry unusable")
    func rate() throws {
        let text = """
            { "m": { "input_cost_per_token": 1e-06, "output_cost_per_token": 3e-15, "input_cost_per_token_above_200k_tokens": 2e-06 },
              "dear": { "input_cost_per_token": 9000, "output_cost_per_token": 1 } }
            """
        let rate = try #require(ExchangeRate("1.1"))
        let file = try PriceFile(Array(text.utf8), rate: rate)
        #expect(
            file.prices == [
                "m": ModelPrice(input: 1_100_000_000, output: 4, tiers: [ContextTier(aboveInputTokens: 200_000, input: 2_200_000_000)])
            ])
        #expect(file.skipped == 1 && file.rate == rate)
        #expect(try file.checksum == Self.file(text).checksum)
    }

    @Test("a file of another content than the pinned one is not read, and both hashes are named")
    func pinned() throws {
        let bytes = Array("{}".utf8)
        let hash = ContentHash(of: bytes)
        let upper = try #require(ContentHash(hex: hash.hex.uppercased()))
        #expect(upper == hash)
        #expect(try PriceFile(bytes, pinned: upper).checksum == hash.hex)
        let other = Array("{ broken".utf8)
        let error = #expect(throws: PriceFileError.self) { try PriceFile(other, pinned: hash) }
        let text = try #require(error).description
        #expect(text.contains(hash.hex) && text.contains(ContentHash(of: other).hex))
        for text in ["", String(repeating: "0", count: 63), String(repeating: "0", count: 65), String(repeating: "g", count: 64)] {
            #expect(ContentHash(hex: text) == nil)
        }
    }

    @Test("the checksum is the SHA-256 of the file")
    func checksum() throws {
        #expect(try Self.file("{}").checksum == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
        #expect(try Self.file("{} ").checksum != Self.file("{}").checksum)
    }
}
