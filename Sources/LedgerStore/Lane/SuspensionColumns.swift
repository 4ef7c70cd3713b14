internal import Ledger
internal import Postgres

/// The suspensions that a batch opens.
struct SuspensionColumns {
    private(set) var rows: [(suspension: Suspension, balance: Identifier?)] = []

    mutating func append(_ suspension: Suspension, balance: Identifier?) { rows.append((suspension, balance)) }

    func steps(organisation: Identifier, at now: Timestamp) -> [(step: PipelineStep, rows: Int?)] {
        guard !rows.isEmpty else { return [] }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuidArray(rows.map(\.suspension.id))
        parameters.textArray(rows.map(\.suspension.subject.kind.rawValue))
        parameters.textArray(rows.map(\.suspension.subject.id))
        parameters.textArray(rows.map(\.suspension.rule))
        parameters.uuidArray(rows.map(\.balance))
        parameters.textArray(rows.map(\.suspension.reason))
        parameters.textArray(rows.map { _ in "policy" })
        var key = Parameters()
        key.uuid(organisation)
        return [(PipelineStep(GuardStatements.insertSuspensions, parameters), rows.count), (PipelineStep(GuardStatements.raiseEpoch, key), 1)]
    }
}
