import JSON
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
        #expect(throws: JSONError.self) { try Self.file("{ \"a\": \(price), \"a\": \(price) }") }
    }

    @Test(
        "what is no object of objects is refused",
        arguments: ["", "[]", "1", "{\"a\": 1}", "{\"a\": []}", "{\"a\": {}", "{\"a\": {},}", "{\"a\": {\"b\": }}"])
    func malformed(text: String) {
        #expect(throws: JSONError.self) { try Self.file(text) }
    }

    @Test("the checksum is the SHA-256 of the file")
    func checksum() throws {
        #expect(try Self.file("{}").checksum == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
        #expect(try Self.file("{} ").checksum != Self.file("{}").checksum)
    }
}
