/// The numbers that a price file states for the tokens of a call, before they are checked.
public struct StatedRates: Sendable {
    public var input: ExactDecimal?
    public var output: ExactDecimal?
    public var cachedInput: ExactDecimal?
    public var cacheWrite: ExactDecimal?
    public var reasoning: ExactDecimal?

    public init() {}

    public subscript(rate: TokenRate) -> ExactDecimal? {
        get {
            switch rate {
            case .input: input
            case .output: output
            case .cachedInput: cachedInput
            case .cacheWrite: cacheWrite
            case .reasoning: reasoning
            }
        }
        set {
            switch rate {
            case .input: input = newValue
            case .output: output = newValue
            case .cachedInput: cachedInput = newValue
            case .cacheWrite: cacheWrite = newValue
            case .reasoning: reasoning = newValue
            }
        }
    }
}
