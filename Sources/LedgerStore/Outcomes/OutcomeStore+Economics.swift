public import Ledger
internal import Postgres

extension OutcomeStore {
    /// How many days of outcomes one statement reads.
    private static let daysAStatement: Int64 = 8

    /// What workflows used and brought about, day by day: the one from the sums of usage, the other from the facts.
    ///
    /// - Parameters:
    ///   - first: the beginning of a day of UTC.
    ///   - count: how many days, at least one.
    ///   - bound: tags of a key; what does not have them all is not counted for it.
    /// - Throws: `ReportError` where there are too many workflows.
    public func days(
        from first: Timestamp, count: Int64, bound: Tags = Tags(), of organisation: Identifier
    ) async throws -> WorkflowDays {
        let edges = (0...count).map { first.adding(seconds: $0 * WorkflowDay.seconds) }
        var days = Days(starts: Array(edges.dropLast()))
        let reader = UsageReader(pool: pool, organisation: organisation, filter: ReportFilter(tags: bound))
        let shape = ReportKey.Shape(names: ["workflow_name"], hasModel: true, hasTool: false)
        for (cell, sums) in try await reader.read(shape, edges: edges.map(\.seconds)) {
            if let workflow = cell.key.values.first ?? nil { days.add(sums, model: cell.key.model, slot: cell.slot, workflow: workflow) }
        }
        for slot in stride(from: 0, to: count, by: Int(Self.daysAStatement)) {
            let end = min(count, slot + Self.daysAStatement)
            let own = Array(edges[Int(slot)...Int(end)])
            for told in try await pool.withSession({ try Self.told(between: own, bound: bound, of: organisation, in: $0) }) {
                days.add(told.sums, slot: Int(slot) + told.slot, workflow: told.workflow)
            }
        }
        let changes = try await pool.withSession { session in
            (
                policy: try Self.policyChanges(from: first, to: edges.last ?? first, of: organisation, in: session),
                trials: try Self.trialChanges(from: first, to: edges.last ?? first, of: organisation, in: session)
            )
        }
        return WorkflowDays(days: days.all, policyChanges: changes.policy, trialChanges: changes.trials)
    }

    /// The days of each workflow, as they come together.
    private struct Days {
        let starts: [Timestamp]
        var all: [String: [WorkflowDay]] = [:]

        mutating func add(_ used: UsageSums, model: String?, slot: Int, workflow: String) {
            var sums = WorkflowSums()
            sums.cost = used.cost
            sums.modelCalls = used.calls
            sums.toolCalls = used.toolCalls
            add(sums, slot: slot, workflow: workflow)
            if let model, used.calls > 0, starts.indices.contains(slot) { all[workflow]?[slot].calls[model, default: 0] += used.calls }
        }

        mutating func add(_ sums: WorkflowSums, slot: Int, workflow: String) {
            guard starts.indices.contains(slot) else { return }
            all[workflow, default: starts.map { WorkflowDay(start: $0) }][slot].sums.add(sums)
        }
    }

    /// The results between the bounds, by workflow and by the position of the bound that comes before them.
    private static func told(
        between edges: [Timestamp], bound: Tags, of organisation: Identifier, in session: Session
    ) throws -> [(workflow: String, slot: Int, sums: WorkflowSums)] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestampArray(edges.map(\.microseconds))
        parameters.append(bound)
        let rows = try session.execute(OutcomeStatements.sums, parameters)
        return try (0..<rows.count).map { row in
            var sums = WorkflowSums()
            sums.outcomes = try rows.int8(row, 2)
            sums.value = try rows.int8IfPresent(row, 3)
            sums.quality = Int128(try rows.int8IfPresent(row, 4) ?? 0)
            sums.judged = try rows.int8IfPresent(row, 5) ?? 0
            sums.humanMinutes = try rows.int8(row, 6)
            sums.reworkMinutes = try rows.int8(row, 7)
            return (try rows.text(row, 0), Int(try rows.int4(row, 1)) - 1, sums)
        }
    }

    /// What one workflow used and brought about between two moments: its results to the moment, its calls by whole hours.
    func sums(of workflow: String, from start: Timestamp, to end: Timestamp, organisation: Identifier) async throws -> WorkflowSums {
        var sums = WorkflowSums()
        let own = Tags([Tags.Tag(name: "workflow_name", value: workflow)])
        let edges = [start, end].map { $0.seconds / UsagePage.hourSeconds * UsagePage.hourSeconds }
        if edges[0] < edges[1] {
            let reader = UsageReader(pool: pool, organisation: organisation, filter: ReportFilter(tags: own))
            for (cell, used) in try await reader.read(.total, edges: edges) where cell.slot == 0 {
                var part = WorkflowSums()
                part.cost = used.cost
                part.modelCalls = used.calls
                part.toolCalls = used.toolCalls
                sums.add(part)
            }
        }
        var from = start
        while from < end {
            try Task.checkCancellation()
            let edges = [from, min(end, from.adding(seconds: Self.daysAStatement * WorkflowDay.seconds))]
            for told in try await pool.withSession({ try Self.told(between: edges, bound: own, of: organisation, in: $0) }) { sums.add(told.sums) }
            from = edges[1]
        }
        return sums
    }

    private static func trialChanges(
        from start: Timestamp, to end: Timestamp, of organisation: Identifier, in session: Session
    ) throws -> [String: [WorkflowChange.Mark]] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        parameters.timestamp(microsecondsSince1970: end.microseconds)
        let rows = try session.execute(RouteTrialStatements.marks, parameters)
        return try (0..<rows.count).reduce(into: [:]) { marks, row in
            let mark = WorkflowChange.Mark(.trial, at: Timestamp(microseconds: try rows.timestamp(row, 1)), what: try rows.text(row, 2))
            marks[try rows.text(row, 0), default: []].append(mark)
        }
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
}
