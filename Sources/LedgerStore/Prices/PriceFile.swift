internal import JSON
public import Ledger

/// A price file in the format of the LiteLLM price catalogue: one object, models by name, prices per token as JSON
/// numbers, read as the decimals they are.
public struct PriceFile: Sendable {
    /// By model, in the organisation's currency.
    public let prices: [String: ModelPrice]
    /// Entries without an input and an output price per token, with a number that cannot be read or does not fit, or with
    /// more than `ModelPrice.maximumTiers` tiers.
    public let skipped: Int
    /// By what the file's prices were multiplied.
    public let rate: ExchangeRate
    /// SHA-256 of the file, in hexadecimal.
    public let checksum: String

    /// - Parameters:
    ///   - rate: what one unit of the file's currency is worth in the organisation's.
    ///   - pinned: the hash that the file must have; nil: any.
    public init(_ bytes: [UInt8], rate: ExchangeRate = .one, pinned: ContentHash? = nil) throws(PriceFileError) {
        let found = ContentHash(of: bytes)
        if let pinned, pinned != found { throw .otherContent(pinned: pinned, found: found) }
        do throws(JSONError) {
            (prices, skipped) = try Self.read(bytes, rate: rate)
        } catch {
            throw .unreadable(error)
        }
        self.rate = rate
        checksum = found.hex
    }

    private static func read(_ bytes: [UInt8], rate: ExchangeRate) throws(JSONError) -> (prices: [String: ModelPrice], skipped: Int) {
        var prices: [String: ModelPrice] = [:]
        var skipped = 0
        var seen: Set<String> = []
        try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in
            try JSONReader.read(bytes) { reader throws(JSONError) in
                try reader.dictionary { model, start, reader throws(JSONError) in
                    guard seen.insert(model).inserted else {
                        throw JSONError(.unexpected, offset: start, detail: "this model stands here twice; keep one")
                    }
                    let price = try entry(&reader)?.price(at: rate)
                    if let price, isValid(model: model) { prices[model] = price } else { skipped += 1 }
                }
            }
        }
        return (prices, skipped)
    }

    /// Nil for an entry that cannot be read whole: a number left out would let the model's calls be priced by another.
    private static func entry(_ reader: inout JSONReader) throws(JSONError) -> StatedPrice? {
        var stated = StatedPrice()
        var isReadable = true
        try reader.dictionary { name, _, reader throws(JSONError) in
            guard let member = PriceMember(name) else { return try reader.skip() }
            guard try !reader.takeNull() else { return }
            guard reader.isAtNumber else {
                isReadable = false
                return try reader.skip()
            }
            guard let decimal = ExactDecimal(jsonNumber: try reader.number()) else { return isReadable = false }
            switch member {
            case .base(let rate): stated.base[rate] = decimal
            case .tier(let rate, let threshold): stated.tiers[threshold, default: StatedRates()][rate] = decimal
            case .unreadableTier: isReadable = false
            }
        }
        return isReadable ? stated : nil
    }

    private static func isValid(model: String) -> Bool {
        (1...256).contains(model.unicodeScalars.count) && !model.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
