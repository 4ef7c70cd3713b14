internal import JSON
internal import Ledger
internal import LedgerStore

/// How the price catalogue looks on the wire.
extension JSONWriter {
    /// A price of the catalogue.
    mutating func price(_ listed: ListedPrice) {
        object { writer in
            writer.name("model")
            writer.string(listed.model)
            writer.rates { listed.price[$0] }
            writer.tiers(listed.price.tiers)
            writer.name("effective_from")
            writer.time(listed.effectiveFrom)
        }
    }

    /// A model's price before and after an import.
    mutating func change(_ change: PriceChange) {
        object { writer in
            writer.name("model")
            writer.string(change.model)
            writer.name("old")
            writer.price(change.old)
            writer.name("new")
            writer.price(change.new)
        }
    }

    /// The members that every view of an import has.
    mutating func outcome(_ outcome: PriceImport) {
        for (name, count) in [("imported", outcome.imported), ("unchanged", outcome.unchanged), ("skipped", outcome.skipped)] {
            self.name(name)
            integer(Int64(count))
        }
        name("effective_from")
        time(outcome.effectiveFrom)
        name("checksum")
        string(outcome.checksum)
    }

    private mutating func price(_ price: ModelPrice?) {
        guard let price else { return null() }
        object { writer in
            writer.rates { price[$0] }
            writer.tiers(price.tiers)
        }
    }

    private mutating func tiers(_ tiers: [ContextTier]) {
        name("tiers")
        array(tiers) { writer, tier in
            writer.object { writer in
                writer.name("above_input_tokens")
                writer.integer(tier.aboveInputTokens)
                writer.rates { tier[$0] }
            }
        }
    }

    private mutating func rates(_ units: (TokenRate) -> Int64?) {
        name("input_cost_per_token")
        perToken(units(.input))
        name("output_cost_per_token")
        perToken(units(.output))
        name("cached_input_cost_per_token")
        perToken(units(.cachedInput))
        name("cache_write_cost_per_token")
        perToken(units(.cacheWrite))
        name("reasoning_cost_per_token")
        perToken(units(.reasoning))
    }

    private mutating func perToken(_ units: Int64?) {
        string(units.map { ExactDecimal.text($0, scale: ModelPrice.scale) })
    }
}
