internal import Ledger
internal import Postgres

/// Reads a page of a run's calls whole.
enum RunDetails {
    /// By the ids of the calls; their numbers and running totals are set by who knows the whole run.
    static func read(_ facts: [RunFacts.Fact], of organisation: Identifier, in session: Session) throws -> [Identifier: RunStep] {
        var steps: [Identifier: RunStep] = [:]
        for (kind, statement) in [
            (RunStep.Kind.reservation, RunStatements.holds), (.charge, RunStatements.directCharges), (.refusal, RunStatements.refusals),
        ] {
            let wanted = facts.filter { $0.kind == kind }
            guard !wanted.isEmpty else { continue }
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuidArray(wanted.map(\.id))
            parameters.timestampArray(wanted.map(\.at.microseconds))
            let rows = try session.execute(statement, parameters)
            for row in 0..<rows.count {
                let step =
                    switch kind {
                    case .reservation: try hold(rows, row)
                    case .charge: try charge(rows, row)
                    case .refusal: try refusal(rows, row)
                    }
                steps[step.id] = step
            }
        }
        try nameBalances(&steps, of: organisation, in: session)
        return steps
    }

    private static func hold(_ rows: Rows, _ row: Int) throws -> RunStep {
        let tool = try rows.textIfPresent(row, 6)
        return RunStep(
            kind: .reservation, id: try rows.uuid(row, 0), number: 0, step: try rows.int8IfPresent(row, 3),
            at: Timestamp(microseconds: try rows.timestamp(row, 1)), tags: try TagsJSON.decode(try rows.json(row, 2)),
            requestedModel: try rows.textIfPresent(row, 4), model: try rows.textIfPresent(row, 5), tool: tool, decision: try rows.text(row, 7),
            reason: try rows.textIfPresent(row, 8), stateHash: try rows.textIfPresent(row, 9),
            held: Amounts(
                cost: try rows.int8(row, 10), tokens: try rows.int8(row, 11), modelCalls: tool == nil ? 1 : 0, toolCalls: tool == nil ? 0 : 1),
            end: try settled(rows, row, from: 13), late: try settled(rows, row, from: 13 + RunStatements.settledColumnCount), problem: nil,
            verdicts: [], policyVersion: try rows.int8(row, 12))
    }

    private static func charge(_ rows: Rows, _ row: Int) throws -> RunStep {
        let end = try settled(rows, row, from: 6)
        return RunStep(
            kind: .charge, id: try rows.uuid(row, 0), number: 0, step: try rows.int8IfPresent(row, 3),
            at: Timestamp(microseconds: try rows.timestamp(row, 1)), tags: try TagsJSON.decode(try rows.json(row, 2)),
            requestedModel: nil, model: end?.model, tool: try rows.textIfPresent(row, 4), decision: nil, reason: nil, stateHash: nil, held: nil,
            end: end, late: nil, problem: nil, verdicts: [], policyVersion: try rows.int8(row, 5))
    }

    private static func refusal(_ rows: Rows, _ row: Int) throws -> RunStep {
        RunStep(
            kind: .refusal, id: try rows.uuid(row, 0), number: 0, step: try rows.int8IfPresent(row, 3),
            at: Timestamp(microseconds: try rows.timestamp(row, 1)), tags: try TagsJSON.decode(try rows.json(row, 2)),
            requestedModel: try rows.textIfPresent(row, 4), model: nil, tool: try rows.textIfPresent(row, 5), decision: nil, reason: nil,
            stateHash: try rows.textIfPresent(row, 6), held: nil, end: nil, late: nil, problem: try rows.text(row, 7),
            verdicts: RunVerdict.decode(try rows.json(row, 8)), policyVersion: try rows.int8(row, 9))
    }

    private static func settled(_ rows: Rows, _ row: Int, from column: Int) throws -> RunStep.Settled? {
        guard let name = try rows.textIfPresent(row, column) else { return nil }
        guard let state = Ending.State(rawValue: name) else { throw StoreError(.corrupt, "a settlement has an unknown state") }
        let usage = try rows.int8IfPresent(row, column + 6).map { input in
            TokenUsage(
                input: input, output: try rows.int8IfPresent(row, column + 7) ?? 0, cachedInput: try rows.int8IfPresent(row, column + 8) ?? 0,
                cacheWrite: try rows.int8IfPresent(row, column + 9) ?? 0, reasoning: try rows.int8IfPresent(row, column + 10) ?? 0)
        }
        return RunStep.Settled(
            state: state,
            charged: Amounts(
                cost: try rows.int8(row, column + 1), tokens: try rows.int8(row, column + 2), modelCalls: try rows.int8(row, column + 3),
                toolCalls: try rows.int8(row, column + 4)),
            model: try rows.textIfPresent(row, column + 5), usage: usage, source: try rows.textIfPresent(row, column + 11),
            status: try rows.textIfPresent(row, column + 12), latencyMilliseconds: try rows.int8IfPresent(row, column + 13),
            routeReason: try rows.textIfPresent(row, column + 14), stateHash: try rows.textIfPresent(row, column + 15),
            reason: try rows.textIfPresent(row, column + 16), at: Timestamp(microseconds: try rows.timestamp(row, column + 17)))
    }

    /// Says of each envelope that refused whose balance it was.
    private static func nameBalances(_ steps: inout [Identifier: RunStep], of organisation: Identifier, in session: Session) throws {
        let balances = Set(steps.values.flatMap { $0.verdicts.compactMap(\.balance) })
        guard !balances.isEmpty else { return }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(Array(balances))
        let met = try BalanceIdentityRow.decode(try session.execute(ReservationStatements.identities, parameters))
        let identities = Dictionary(met.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for (id, step) in steps where !step.verdicts.isEmpty { steps[id]?.nameBalances(identities) }
    }
}
