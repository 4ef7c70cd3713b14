internal import Ledger
internal import Postgres

/// How a batch ends questions to people, column by column.
struct DecisionColumns {
    private(set) var rows: [DecideRequest] = []

    mutating func append(_ request: DecideRequest) { rows.append(request) }

    /// The steps with the number of rows that each must touch.
    func steps(organisation: Identifier, at now: Timestamp) -> [BatchWrites.Step] {
        guard !rows.isEmpty else { return [] }
        let rejected = rows.filter { $0.decision.verdict.state == .rejected }
        let others = rows.filter { $0.decision.verdict.state != .rejected }
        var steps: [BatchWrites.Step] = [(insert(organisation: organisation, at: now), rows.count)]
        if !rejected.isEmpty { steps.append((close(rejected, organisation: organisation), nil)) }
        if !others.isEmpty { steps.append((remove(others, organisation: organisation), nil)) }
        return steps
    }

    private func insert(organisation: Identifier, at now: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuidArray(rows.map(\.question.id))
        parameters.uuidArray(rows.map(\.question.scope))
        parameters.textArray(rows.map(\.decision.verdict.state.rawValue))
        parameters.int8Array(rows.map { row -> Int64? in if case .approve(let amount, _) = row.decision.verdict { amount } else { nil } })
        parameters.timestampArray(
            rows.map { row -> Int64? in if case .approve(_, let until) = row.decision.verdict { until.microseconds } else { nil } })
        parameters.textArray(rows.map(\.decision.reason))
        parameters.textArray(rows.map(\.decision.author))
        parameters.uuidArray(rows.map(\.decision.approver?.key))
        return PipelineStep(ApprovalStatements.insertDecisions, parameters)
    }

    private func close(_ rows: [DecideRequest], organisation: Identifier) -> PipelineStep {
        var parameters = gates(rows, organisation: organisation)
        parameters.timestampArray(rows.map(\.question.window.end?.microseconds))
        return PipelineStep(ApprovalStatements.rejectGates, parameters)
    }

    private func remove(_ rows: [DecideRequest], organisation: Identifier) -> PipelineStep {
        PipelineStep(ApprovalStatements.removeGates, gates(rows, organisation: organisation))
    }

    private func gates(_ rows: [DecideRequest], organisation: Identifier) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(rows.map(\.question.scope))
        parameters.uuidArray(rows.map(\.question.id))
        return parameters
    }
}
