internal import Ledger
internal import Postgres

/// What a page adds to the tables, rows in the order of their keys so that no two roll-ups wait in a circle.
extension UsagePage {
    /// - Parameters:
    ///   - newRows: by hour, how many rows of usage_hourly are new.
    ///   - newDailyRows: by day, how many rows of usage_daily are new.
    func steps(organisation: Identifier, newRows: [Int64: Int64], newDailyRows: [Int64: Int64]) -> [PipelineStep] {
        var steps = [
            rowsStep(UsageStatements.addHourly, hourly, organisation), hoursStep(organisation, newRows: newRows),
            rowsStep(UsageStatements.addDaily, daily, organisation), daysStep(organisation, newRows: newDailyRows),
        ]
        if !slices.isEmpty { steps.append(Self.slicesStep(slices, organisation)) }
        if !runs.isEmpty { steps.append(runsStep(organisation)) }
        if !keys.isEmpty { steps.append(KeyPlace.step(keys, organisation)) }
        return steps
    }

    /// Adds the rows of hours and days alone.
    func rowSteps(organisation: Identifier) -> [PipelineStep] {
        [rowsStep(UsageStatements.addHourly, hourly, organisation), rowsStep(UsageStatements.addDaily, daily, organisation)]
    }

    static func sorted(_ sums: [Place: UsageSums]) -> [(place: Place, sums: UsageSums)] {
        sums.map { (place: $0.key, sums: $0.value) }
            .sorted { ($0.place.start, $0.place.dimension.id) < ($1.place.start, $1.place.dimension.id) }
    }

    private func rowsStep(_ statement: Statement, _ sums: [Place: UsageSums], _ organisation: Identifier) -> PipelineStep {
        let rows = Self.sorted(sums)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestampArray(rows.map { $0.place.start * 1_000_000 })
        parameters.uuidArray(rows.map(\.place.dimension.id))
        parameters.jsonbArray(rows.map { TagsJSON.encode($0.place.dimension.tags) })
        parameters.textArray(rows.map(\.place.dimension.model))
        parameters.textArray(rows.map(\.place.dimension.tool))
        for column in UsageSums.columns { parameters.int8Array(rows.map { $0.sums[keyPath: column] }) }
        return PipelineStep(statement, parameters)
    }

    private func hoursStep(_ organisation: Identifier, newRows: [Int64: Int64]) -> PipelineStep {
        let rows = hours.sorted { $0.key < $1.key }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestampArray(rows.map { $0.key * 1_000_000 })
        parameters.int8Array(rows.map(\.value.facts))
        parameters.int8Array(rows.map { newRows[$0.key] ?? 0 })
        for column: KeyPath<UsageSums, Int64> in [\.calls, \.toolCalls, \.cost, \.tokens] {
            parameters.int8Array(rows.map { $0.value[keyPath: column] })
        }
        return PipelineStep(UsageStatements.addHours, parameters)
    }

    private func daysStep(_ organisation: Identifier, newRows: [Int64: Int64]) -> PipelineStep {
        let days = dayFacts.sorted { $0.key < $1.key }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestampArray(days.map { $0.key * 1_000_000 })
        parameters.int8Array(days.map(\.value))
        parameters.int8Array(days.map { newRows[$0.key] ?? 0 })
        return PipelineStep(UsageStatements.addDays, parameters)
    }

    static func slicesStep(_ sums: [Place: UsageSums], _ organisation: Identifier) -> PipelineStep {
        let rows = sorted(sums)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestampArray(rows.map { $0.place.start * 1_000_000 })
        parameters.uuidArray(rows.map(\.place.dimension.id))
        parameters.textArray(rows.map { $0.place.dimension.tags["agent_id"] })
        parameters.jsonbArray(rows.map { TagsJSON.encode($0.place.dimension.tags) })
        parameters.textArray(rows.map(\.place.dimension.model))
        parameters.textArray(rows.map(\.place.dimension.tool))
        for column: KeyPath<UsageSums, Int64> in [\.toolCalls, \.cost, \.tokens] {
            parameters.int8Array(rows.map { $0.sums[keyPath: column] })
        }
        return PipelineStep(UsageStatements.addSlices, parameters)
    }

    private func runsStep(_ organisation: Identifier) -> PipelineStep {
        let rows = runs.sorted { $0.key < $1.key }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(rows.map(\.key))
        parameters.textArray(rows.map(\.value.runID))
        parameters.timestampArray(rows.map(\.value.firstAt.microseconds))
        parameters.timestampArray(rows.map(\.value.lastAt.microseconds))
        for column: KeyPath<UsageSums, Int64> in [
            \.calls, \.toolCalls, \.failed, \.empty, \.unused, \.cost, \.inputTokens, \.outputTokens,
        ] { parameters.int8Array(rows.map { $0.value.sums[keyPath: column] }) }
        parameters.int8Array(rows.map(\.value.top.sums.cost))
        parameters.uuidArray(rows.map(\.value.top.id))
        parameters.textArray(rows.map(\.value.top.model))
        parameters.textArray(rows.map(\.value.top.step))
        parameters.jsonbArray(rows.map(\.value.top.tags))
        parameters.jsonbArray(rows.map(\.value.commonTags))
        return PipelineStep(UsageStatements.addRuns, parameters)
    }
}
