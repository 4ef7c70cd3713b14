public import JSON
public import Ledger

/// A price file in the format of the LiteLLM price catalogue: one object, models by name, prices per token as JSON
/// numbers, read as the decimals they are.
public struct PriceFile: Sendable {
    /// By model.
    public let prices: [String: ModelPrice]
    /// Entries without an input and an output price per token, or with one that does not fit.
    public let skipped: Int
    /// SHA-256 of the file, in hexadecimal.
    public let checksum: String

    private enum Field: String {
        case input = "input_cost_per_token"
        case output = "output_cost_per_token"
        case cachedInput = "cache_read_input_token_cost"
        case cacheWrite = "cache_creation_input_token_cost"
        case reasoning = "output_cost_per_reasoning_token"
    }

    public init(_ bytes: [UInt8]) throws(JSONError) {
        var prices: [String: ModelPrice] = [:]
        var skipped = 0
        var seen: Set<String> = []
        try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in
            try JSONReader.read(bytes) { reader throws(JSONError) in
                try reader.dictionary { model, start, reader throws(JSONError) in
                    guard seen.insert(model).inserted else {
                        throw JSONError(.unexpected, offset: start, detail: "this model stands here twice; keep one")
                    }
                    let price = try Self.entry(&reader)
                    if let price, Self.isValid(model: model) { prices[model] = price } else { skipped += 1 }
                }
            }
        }
        self.prices = prices
        self.skipped = skipped
        checksum = Digest.hex(Digest.sha256(bytes))
    }

    private static func entry(_ reader: inout JSONReader) throws(JSONError) -> ModelPrice? {
        var stated = StatedPrice()
        var isReadable = true
        try reader.dictionary { name, _, reader throws(JSONError) in
            guard let field = Field(rawValue: name) else { return try reader.skip() }
            guard try !reader.takeNull() else { return }
            guard reader.isAtNumber else {
                isReadable = false
                return try reader.skip()
            }
            // A number that cannot be read must not count as one that is not there.
            guard let decimal = ExactDecimal(jsonNumber: try reader.number()) else { return isReadable = false }
            switch field {
            case .input: stated.base.input = decimal
            case .output: stated.base.output = decimal
            case .cachedInput: stated.base.cachedInput = decimal
            case .cacheWrite: stated.base.cacheWrite = decimal
            case .reasoning: stated.base.reasoning = decimal
            }
        }
        return isReadable ? stated.price() : nil
    }

    private static func isValid(model: String) -> Bool {
        (1...256).contains(model.unicodeScalars.count) && !model.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
