internal import Ledger
internal import Postgres

/// Token counts and stated costs, column by column, as reservations and settlements both keep them.
struct UsageColumns {
    private var input: [Int64?] = []
    private var output: [Int64?] = []
    private var cachedInput: [Int64?] = []
    private var cacheWrite: [Int64?] = []
    private var reasoning: [Int64?] = []
    private var statedCosts: [Int64?] = []

    mutating func append(_ usage: TokenUsage?, statedCost: Money?) {
        input.append(usage?.input)
        output.append(usage?.output)
        cachedInput.append(usage?.cachedInput)
        cacheWrite.append(usage?.cacheWrite)
        reasoning.append(usage?.reasoning)
        statedCosts.append(statedCost?.nanos)
    }

    func append(to parameters: inout Parameters) {
        parameters.int8Array(input)
        parameters.int8Array(output)
        parameters.int8Array(cachedInput)
        parameters.int8Array(cacheWrite)
        parameters.int8Array(reasoning)
        parameters.int8Array(statedCosts)
    }
}
