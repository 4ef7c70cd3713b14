internal import Ledger
internal import Postgres

extension SpendReader {
    /// Calls that were taken over from logs.
    static func calls(
        _ named: [Named], _ organisation: Identifier, _ selection: Selection, in session: Session
    ) throws -> [SpendRecord] {
        guard !named.isEmpty else { return [] }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(named.map(\.id))
        parameters.timestamp(microsecondsSince1970: selection.from.microseconds)
        parameters.timestamp(microsecondsSince1970: selection.to.microseconds)
        parameters.json(TagsJSON.encode(selection.tags))
        let rows = try session.execute(SpendStatements.importedCalls, parameters)
        return try (0..<rows.count).map { row in
            let place = Int(try rows.int8(row, 0)) - 1
            guard named.indices.contains(place) else { throw StoreError(.corrupt, "an imported call came without its place") }
            return try call(rows, row, named[place])
        }
    }

    private static func call(_ rows: Rows, _ row: Int, _ named: Named) throws -> SpendRecord {
        let at = Timestamp(microseconds: try rows.timestamp(row, 2))
        let tool = try rows.textIfPresent(row, 4)
        let usage = try rows.int8IfPresent(row, 8).map { input in
            TokenUsage(
                input: input, output: try rows.int8IfPresent(row, 9) ?? 0, cachedInput: try rows.int8IfPresent(row, 10) ?? 0,
                cacheWrite: try rows.int8IfPresent(row, 11) ?? 0, reasoning: try rows.int8IfPresent(row, 12) ?? 0)
        }
        return SpendRecord(
            batch: named.batch, index: named.index, id: try rows.uuid(row, 1), kind: importedKind, state: "committed", openedAt: at, settledAt: at,
            model: try rows.textIfPresent(row, 3), tool: tool, tags: try TagsJSON.decode(try rows.json(row, 5)), step: nil,
            charged: Amounts(
                cost: try rows.int8(row, 6), tokens: try rows.int8(row, 7), modelCalls: tool == nil ? 1 : 0, toolCalls: tool == nil ? 0 : 1),
            usage: usage, isStated: try rows.bool(row, 13), usageSource: nil, status: try rows.textIfPresent(row, 14),
            latencyMilliseconds: try rows.int8IfPresent(row, 15), routeReason: nil, policyVersion: 0)
    }
}
