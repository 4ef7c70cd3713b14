internal import Ledger
internal import Postgres

/// The adjustments that a batch books, column by column.
struct AdjustmentColumns {
    private(set) var ids: [Identifier] = []
    private var adjustments: [Adjustment] = []
    private var entries: [Entry] = []

    mutating func append(_ adjustment: Adjustment, id: Identifier, entry: Entry) {
        ids.append(id)
        adjustments.append(adjustment)
        entries.append(entry)
    }

    func insert(organisation: Identifier, at now: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuidArray(ids)
        parameters.textArray(adjustments.map(\.kind.rawValue))
        parameters.uuidArray(entries.map(\.balance))
        parameters.int8Array(adjustments.map(\.amount))
        parameters.timestampArray(adjustments.map(\.expiresAt?.microseconds))
        parameters.uuidArray(adjustments.map(\.source))
        parameters.textArray(adjustments.map(\.reason))
        parameters.textArray(adjustments.map(\.author))
        parameters.int8Array(entries.map(\.version))
        parameters.int8Array(entries.map(\.held))
        parameters.int8Array(entries.map(\.spent))
        parameters.int8Array(entries.map(\.limit))
        parameters.uuidArray(entries.map(\.previous))
        return PipelineStep(AdjustmentStatements.insert, parameters)
    }

    /// Those that will expire; nil: none.
    func insertExpiring(organisation: Identifier) -> (step: PipelineStep, count: Int)? {
        let expiring = adjustments.indices.filter { adjustments[$0].expiresAt != nil }
        guard !expiring.isEmpty else { return nil }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(expiring.map { entries[$0].balance })
        parameters.uuidArray(expiring.map { ids[$0] })
        parameters.int8Array(expiring.map { adjustments[$0].amount })
        parameters.timestampArray(expiring.map { adjustments[$0].expiresAt?.microseconds })
        return (PipelineStep(AdjustmentStatements.insertExpiring, parameters), expiring.count)
    }

    /// Those that an expiry ended leave the work list.
    func deleteExpired(organisation: Identifier) -> (step: PipelineStep, count: Int)? {
        let ends = adjustments.indices.filter { adjustments[$0].kind == .expiry }
        guard !ends.isEmpty else { return nil }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ends.map { entries[$0].balance })
        parameters.uuidArray(ends.compactMap { adjustments[$0].source })
        return (PipelineStep(AdjustmentStatements.deleteExpired, parameters), ends.count)
    }
}
