internal import JSON
internal import Ledger

/// The tiers of a price as the JSON array in which its row keeps them.
enum TiersJSON {
    private enum Field: String, CaseIterable {
        case above_input_tokens, input, output, cached_input, cache_write, reasoning

        /// Nil for the threshold.
        var rate: TokenRate? {
            switch self {
            case .above_input_tokens: nil
            case .input: .input
            case .output: .output
            case .cached_input: .cachedInput
            case .cache_write: .cacheWrite
            case .reasoning: .reasoning
            }
        }
    }

    private static let fields = JSONFields<Field>()

    /// Nil for none, which is NULL in the row.
    static func encode(_ tiers: [ContextTier]) -> [UInt8]? {
        guard !tiers.isEmpty else { return nil }
        var writer = JSONWriter(capacity: 256)
        writer.array(tiers) { writer, tier in
            writer.object { writer in
                writer.name(Field.above_input_tokens.rawValue)
                writer.integer(tier.aboveInputTokens)
                for field in Field.allCases {
                    guard let rate = field.rate, let value = tier[rate] else { continue }
                    writer.name(field.rawValue)
                    writer.integer(value)
                }
            }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]?) throws(StoreError) -> [ContextTier] {
        guard let bytes else { return [] }
        var tiers: [ContextTier] = []
        do {
            try bytes.withUnsafeBufferPointer { bytes in
                try JSONReader.read(bytes) { reader throws(JSONError) in
                    try reader.array { reader throws(JSONError) in tiers.append(try tier(&reader)) }
                }
            }
        } catch {
            throw StoreError(.corrupt, "the stored tiers of a price cannot be read by this release")
        }
        return tiers
    }

    private static func tier(_ reader: inout JSONReader) throws(JSONError) -> ContextTier {
        var threshold: Int64?
        var rates: [TokenRate: Int64] = [:]
        let start = reader.offset
        try reader.object(fields) { field, reader throws(JSONError) in
            let value = try reader.integer(in: 0...Int64.max)
            if let rate = field.rate { rates[rate] = value } else { threshold = value }
        }
        guard let threshold else { throw JSONError(.unexpected, offset: start, detail: "a tier without a threshold") }
        var tier = ContextTier(aboveInputTokens: threshold)
        for (rate, value) in rates { tier[rate] = value }
        return tier
    }
}
