internal import Ledger
internal import Postgres

/// The suspensions that a transaction opens, each with its rows in the work lists.
struct SuspensionColumns {
    struct Row {
        let suspension: Suspension
        /// Whose plan opened it.
        let balance: Identifier?
        let author: String
    }

    /// Who opens what a plan or breaker of the policy opens within a batch.
    static let policyAuthor = "policy"

    private(set) var rows: [Row] = []

    var isEmpty: Bool { rows.isEmpty }

    mutating func append(_ suspension: Suspension, balance: Identifier?, author: String = policyAuthor) {
        rows.append(Row(suspension: suspension, balance: balance, author: author))
    }

    /// The last lock that a transaction takes is that of the epoch row; who locks balances or counters has them before.
    func steps(organisation: Identifier, at now: Timestamp) -> [(step: PipelineStep, rows: Int?)] {
        guard !rows.isEmpty else { return [] }
        return [(raiseEpoch(organisation), 1)] + insertions(organisation: organisation, at: now).map { ($0, rows.count) }
    }

    /// The rows alone, for a transaction that has raised the epoch already.
    func insertions(organisation: Identifier, at now: Timestamp) -> [PipelineStep] {
        [insert(organisation, now), insertOpen(organisation), insertSweeps(organisation, now)]
    }

    private func raiseEpoch(_ organisation: Identifier) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        return PipelineStep(GuardStatements.raiseEpoch, parameters)
    }

    private func insert(_ organisation: Identifier, _ now: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        appendSubjects(to: &parameters)
        parameters.textArray(rows.map(\.suspension.rule))
        parameters.uuidArray(rows.map(\.balance))
        parameters.textArray(rows.map(\.suspension.reason))
        parameters.textArray(rows.map(\.author))
        return PipelineStep(GuardStatements.insertSuspensions, parameters)
    }

    private func insertOpen(_ organisation: Identifier) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        appendSubjects(to: &parameters)
        return PipelineStep(GuardStatements.insertOpen, parameters)
    }

    private func insertSweeps(_ organisation: Identifier, _ now: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        appendSubjects(to: &parameters)
        return PipelineStep(GuardStatements.insertSweeps, parameters)
    }

    private func appendSubjects(to parameters: inout Parameters) {
        parameters.uuidArray(rows.map(\.suspension.id))
        parameters.textArray(rows.map(\.suspension.subject.kind.rawValue))
        parameters.textArray(rows.map(\.suspension.subject.id))
    }
}
