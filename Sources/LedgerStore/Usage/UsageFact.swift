internal import Ledger
internal import Postgres

/// One settlement, as the sums take it.
struct UsageFact {
    let id: Identifier
    let settledAt: Timestamp
    /// The tags without run and session, as JSON with its members in one order.
    private(set) var tags: [UInt8]
    let model: String?
    let tool: String?
    let runID: String?
    private(set) var step: String?
    let sums: UsageSums
    /// The API key that asked for the call, or charged it; nil: a call that was imported.
    let key: Identifier?

    init(
        id: Identifier, settledAt: Timestamp, tags: [UInt8], model: String?, tool: String?, runID: String?, step: String?, sums: UsageSums
    ) {
        self.id = id
        self.settledAt = settledAt
        self.tags = tags
        self.model = model
        self.tool = tool
        self.runID = runID
        self.step = step
        self.sums = sums
        key = nil
    }

    /// The columns of `UsageStatements.facts`.
    init(_ rows: Rows, _ row: Int) throws {
        id = try rows.uuid(row, 0)
        settledAt = Timestamp(microseconds: try rows.timestamp(row, 1))
        tags = try rows.json(row, 2)
        model = try rows.textIfPresent(row, 3)
        tool = try rows.textIfPresent(row, 4)
        runID = try rows.textIfPresent(row, 5)
        step = try rows.textIfPresent(row, 6)
        let state = try rows.text(row, 7)
        let status = try rows.textIfPresent(row, 8)
        let latency = try rows.int8IfPresent(row, 9)
        sums = UsageSums(
            facts: 1, calls: try rows.int8(row, 10), toolCalls: try rows.int8(row, 11), failed: status == "error" ? 1 : 0,
            empty: status == "empty" ? 1 : 0, unused: state == "committed" ? 0 : 1, cost: try rows.int8(row, 12),
            tokens: try rows.int8(row, 13), inputTokens: try rows.int8(row, 14), cachedTokens: try rows.int8(row, 15),
            outputTokens: try rows.int8(row, 16), reasoningTokens: try rows.int8(row, 17), latencyMilliseconds: latency ?? 0,
            timed: latency == nil ? 0 : 1)
        key = try rows.uuidIfPresent(row, 18)
    }

    /// The same with the tags that it should have had.
    func corrected(by corrections: [TagCorrection]) throws -> UsageFact {
        guard !corrections.isEmpty else { return self }
        let tags = TagCorrection.applied(corrections, to: try TagsJSON.decode(tags))
        var fact = self
        fact.tags = TagsJSON.encode(tags)
        fact.step = tags["step_name"]
        return fact
    }
}
