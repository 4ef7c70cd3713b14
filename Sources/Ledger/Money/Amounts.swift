/// What one call takes of each meter.
public struct Amounts: Hashable, Sendable {
    /// Nano-units of the currency.
    public var cost: Int64
    public var tokens: Int64
    public var modelCalls: Int64
    public var toolCalls: Int64

    public init(cost: Int64 = 0, tokens: Int64 = 0, modelCalls: Int64 = 0, toolCalls: Int64 = 0) {
        self.cost = cost
        self.tokens = tokens
        self.modelCalls = modelCalls
        self.toolCalls = toolCalls
    }

    public static let zero = Amounts()

    @inlinable
    public subscript(meter: Meter) -> Int64 {
        get {
            switch meter {
            case .cost: cost
            case .tokens: tokens
            case .modelCalls: modelCalls
            case .toolCalls: toolCalls
            }
        }
        set {
            switch meter {
            case .cost: cost = newValue
            case .tokens: tokens = newValue
            case .modelCalls: modelCalls = newValue
            case .toolCalls: toolCalls = newValue
            }
        }
    }

    /// Per meter what is left of these amounts after `other`, at least 0: what a hold gives back.
    public func remainder(after other: Amounts) -> Amounts {
        Amounts(
            cost: max(0, cost - other.cost),
            tokens: max(0, tokens - other.tokens),
            modelCalls: max(0, modelCalls - other.modelCalls),
            toolCalls: max(0, toolCalls - other.toolCalls)
        )
    }
}
