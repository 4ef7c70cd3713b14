/// What a call takes of each meter; money in nano-units.
struct Amounts: Decodable, Hashable, Sendable {
    var cost: Int64
    var tokens: Int64
    var modelCalls: Int64
    var toolCalls: Int64

    private enum CodingKeys: String, CodingKey { case cost, tokens, modelCalls, toolCalls }

    init(cost: Int64 = 0, tokens: Int64 = 0, modelCalls: Int64 = 0, toolCalls: Int64 = 0) {
        self.cost = cost
        self.tokens = tokens
        self.modelCalls = modelCalls
        self.toolCalls = toolCalls
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        cost = try container.decode(Quantity.self, forKey: .cost).value
        tokens = try container.decode(Int64.self, forKey: .tokens)
        modelCalls = try container.decode(Int64.self, forKey: .modelCalls)
        toolCalls = try container.decode(Int64.self, forKey: .toolCalls)
    }

    subscript(meter: String) -> Int64 {
        switch meter {
        case "cost": cost
        case "tokens": tokens
        case "model_calls": modelCalls
        default: toolCalls
        }
    }

    /// Each meter by a rule of two amounts.
    func combined(_ other: Amounts, _ rule: (Int64, Int64) -> Int64) -> Amounts {
        Amounts(
            cost: rule(cost, other.cost), tokens: rule(tokens, other.tokens), modelCalls: rule(modelCalls, other.modelCalls),
            toolCalls: rule(toolCalls, other.toolCalls))
    }
}
