public import Ledger
internal import Postgres

extension OutcomeStore {
    /// What workflows used and brought about, day by day. Each day is read in statements of its own, so none is long.
    ///
    /// - Parameters:
    ///   - first: the beginning of a day of UTC.
    ///   - count: how many days.
    ///   - bound: tags of a key; what does not have them all is not counted for it.
    public func days(
        from first: Timestamp, count: Int, bound: Tags = Tags(), of organisation: Identifier
    ) async throws -> WorkflowDays {
        let starts = (0..<Int64(count)).map { first.adding(seconds: $0 * WorkflowDay.seconds) }
        var days: [String: [WorkflowDay]] = [:]
        for (index, start) in starts.enumerated() {
            let read = try await pool.withSession { try Self.day(start, bound: bound, of: organisation, in: $0) }
            for (workflow, day) in read {
                days[workflow, default: starts.map { WorkflowDay(start: $0) }][index] = day
            }
        }
        let end = first.adding(seconds: Int64(count) * WorkflowDay.seconds)
        let changes = try await pool.withSession { try Self.policyChanges(from: first, to: end, of: organisation, in: $0) }
        return WorkflowDays(days: days, policyChanges: changes)
    }

    private static func day(
        _ start: Timestamp, bound: Tags, of organisation: Identifier, in session: Session
    ) throws -> [String: WorkflowDay] {
        var days: [String: WorkflowDay] = [:]
        let parameters = span(from: start, to: start.adding(seconds: WorkflowDay.seconds), bound: bound, of: organisation)
        let used = try session.execute(OutcomeStatements.usage, parameters)
        for row in 0..<used.count {
            var sums = WorkflowSums()
            sums.cost = try used.int8(row, 2)
            sums.modelCalls = try used.int8(row, 3)
            sums.toolCalls = try used.int8(row, 4)
            let workflow = try used.text(row, 0)
            days[workflow, default: WorkflowDay(start: start)].sums.add(sums)
            if let model = try used.textIfPresent(row, 1), sums.modelCalls > 0 {
                days[workflow, default: WorkflowDay(start: start)].calls[model] = sums.modelCalls
            }
        }
        let told = try session.execute(OutcomeStatements.sums, parameters)
        for row in 0..<told.count {
            var sums = WorkflowSums()
            sums.outcomes = try told.int8(row, 1)
            sums.value = try told.int8IfPresent(row, 2)
            sums.quality = Int128(try told.int8IfPresent(row, 3) ?? 0)
            sums.judged = try told.int8IfPresent(row, 4) ?? 0
            sums.humanMinutes = try told.int8(row, 5)
            sums.reworkMinutes = try told.int8(row, 6)
            days[try told.text(row, 0), default: WorkflowDay(start: start)].sums.add(sums)
        }
        return days
    }

    private static func policyChanges(
        from start: Timestamp, to end: Timestamp, of organisation: Identifier, in session: Session
    ) throws -> [WorkflowChange.Mark] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        parameters.timestamp(microsecondsSince1970: end.microseconds)
        let rows = try session.execute(OutcomeStatements.policyVersions, parameters)
        return try (0..<rows.count).map { row in
            let message = try rows.text(row, 1)
            return WorkflowChange.Mark(
                .policy, at: Timestamp(microseconds: try rows.timestamp(row, 2)),
                what: "version \(try rows.int8(row, 0))" + (message.isEmpty ? "" : ": \(message)"))
        }
    }

    private static func span(from start: Timestamp, to end: Timestamp, bound: Tags, of organisation: Identifier) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        parameters.timestamp(microsecondsSince1970: end.microseconds)
        parameters.append(bound)
        return parameters
    }
}
