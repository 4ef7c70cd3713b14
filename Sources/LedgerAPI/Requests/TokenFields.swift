internal import JSON
internal import Ledger

/// Token counts as they come in, before they are known to fit together.
struct TokenFields {
    enum Field: String, CaseIterable {
        case input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens
    }

    private(set) var usage = TokenUsage()
    /// Whether input or output tokens were stated.
    private(set) var isStated = false

    mutating func read(_ field: Field, _ reader: inout JSONReader) throws(JSONError) {
        let count = try reader.count()
        switch field {
        case .input_tokens:
            usage.input = count
            isStated = true
        case .output_tokens:
            usage.output = count
            isStated = true
        case .cached_input_tokens: usage.cachedInput = count
        case .cache_write_tokens: usage.cacheWrite = count
        case .reasoning_tokens: usage.reasoning = count
        }
    }

    /// The counts, or nil where neither input nor output was stated.
    ///
    /// - Parameter pointer: where the counts stand in the body.
    func checked(at pointer: String) throws -> TokenUsage? {
        if let contradiction = usage.contradiction { throw Problem.invalid(pointer, contradiction) }
        return isStated ? usage : nil
    }
}
