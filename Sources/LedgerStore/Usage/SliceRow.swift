internal import Ledger
internal import Postgres

/// What some calls of one kind used in five minutes.
struct SliceRow {
    /// In seconds since 1970.
    let start: Int64
    let tags: Tags
    let model: String?
    let tool: String?
    let toolCalls: Int64
    let cost: Int64
    let tokens: Int64

    /// Columns 0 … 6, as `BaselineStatements` reads them.
    init(_ rows: Rows, _ row: Int) throws {
        start = try rows.timestamp(row, 0) / 1_000_000
        tags = try TagsJSON.decode(try rows.json(row, 1))
        model = try rows.textIfPresent(row, 2)
        tool = try rows.textIfPresent(row, 3)
        toolCalls = try rows.int8(row, 4)
        cost = try rows.int8(row, 5)
        tokens = try rows.int8(row, 6)
    }

    func amount(of measure: Breaker.Measure) -> Int64 {
        switch measure {
        case .toolCalls: toolCalls
        case .cost: cost
        case .tokens: tokens
        }
    }

    func matches(_ conditions: [Condition], policy: Policy) -> Bool {
        guard !conditions.isEmpty else { return true }
        let tier = tool.map { policy.routes.tier(ofTool: $0) } ?? model.flatMap { policy.routes.tier(ofModel: $0) }
        let call = Call(tags: tags, model: model, tool: tool, tier: tier, amounts: .zero)
        return conditions.allSatisfy { $0.matches(call) }
    }
}
