package import JSON
package import Ledger

extension JSONWriter {
    /// The tokens that a settlement tells; null where it tells none.
    package mutating func usage(_ usage: TokenUsage?) {
        guard let usage else { return null() }
        object { writer in
            writer.name("input_tokens")
            writer.integer(usage.input)
            writer.name("output_tokens")
            writer.integer(usage.output)
            writer.name("cached_input_tokens")
            writer.integer(usage.cachedInput)
            writer.name("cache_write_tokens")
            writer.integer(usage.cacheWrite)
            writer.name("reasoning_tokens")
            writer.integer(usage.reasoning)
        }
    }
}
