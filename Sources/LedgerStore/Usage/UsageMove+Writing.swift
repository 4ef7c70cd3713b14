internal import Ledger
internal import Postgres

/// Writes a move, under the lock of `UsageHead`.
extension UsageMove {
    /// The tables that are moved in, by what their rows begin with.
    private struct Table {
        let read: Statement
        let take: Statement
        let remove: Statement
    }

    private static let hourly = Table(read: MoveStatements.readHourly, take: MoveStatements.takeHourly, remove: MoveStatements.removeHourly)
    private static let daily = Table(read: MoveStatements.readDaily, take: MoveStatements.takeDaily, remove: MoveStatements.removeDaily)

    mutating func write(_ organisation: Identifier, in session: Session) throws {
        guard !isEmpty else { return }
        let goneHourly = try Self.take(old.hourly, from: Self.hourly, organisation, in: session)
        let goneDaily = try Self.take(old.daily, from: Self.daily, organisation, in: session)
        let newHourly = try UsageRollUp.fold(&new, organisation, in: session)
        let unknown = try UsageRollUp.unknown(Array(new.daily.keys), UsageStatements.knownDaily, organisation, in: session)
        let newDaily = UsageRollUp.counts(unknown)
        var steps = new.rowSteps(organisation: organisation)
        steps.append(Self.rowsStep(MoveStatements.countHours, newHourly, minus: goneHourly, organisation))
        steps.append(Self.rowsStep(MoveStatements.countDays, newDaily, minus: goneDaily, organisation))
        _ = try session.pipeline(steps)
        try writeSlices(organisation, in: session)
    }

    /// - Returns: by hour or day, how many rows are empty now and gone.
    private static func take(
        _ sums: [UsagePage.Place: UsageSums], from table: Table, _ organisation: Identifier, in session: Session
    ) throws -> [Int64: Int64] {
        var rows = try read(sums, table.read, organisation, in: session)
        let taken = taking(sums, from: &rows)
        guard !taken.isEmpty else { return [:] }
        let sorted = UsagePage.sorted(taken)
        var parameters = places(sorted.map(\.place), organisation)
        for column in UsageSums.columns { parameters.int8Array(sorted.map { $0.sums[keyPath: column] }) }
        _ = try session.execute(table.take, parameters)
        let empty = sorted.map(\.place).filter { rows[$0] == UsageSums() }
        guard !empty.isEmpty else { return [:] }
        let gone = try session.execute(table.remove, places(empty, organisation))
        return try (0..<gone.count).reduce(into: [:]) { $0[try gone.timestamp($1, 0) / 1_000_000, default: 0] += 1 }
    }

    /// The rows in which what is taken may lie.
    private static func read(
        _ sums: [UsagePage.Place: UsageSums], _ statement: Statement, _ organisation: Identifier, in session: Session
    ) throws -> [UsagePage.Place: UsageSums] {
        let candidates = Array(
            Set(sums.keys.flatMap { place in chain(place.dimension).map { UsagePage.Place(start: place.start, dimension: $0) } }))
        let rows = try session.execute(statement, places(candidates, organisation))
        return try (0..<rows.count).reduce(into: [:]) { found, row in
            let place = Int(try rows.int8(row, 0)) - 1
            guard candidates.indices.contains(place) else { throw StoreError(.corrupt, "a sum came without its place") }
            var sums = UsageSums()
            for (index, column) in UsageSums.columns.enumerated() { sums[keyPath: column] = try rows.int8(row, 1 + index) }
            found[candidates[place]] = sums
        }
    }

    private static func places(_ places: [UsagePage.Place], _ organisation: Identifier) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestampArray(places.map { $0.start * 1_000_000 })
        parameters.uuidArray(places.map(\.dimension.id))
        return parameters
    }

    private static func rowsStep(
        _ statement: Statement, _ new: [Int64: Int64], minus gone: [Int64: Int64], _ organisation: Identifier
    ) -> PipelineStep {
        let changes = new.merging(gone.mapValues { -$0 }, uniquingKeysWith: +).filter { $0.value != 0 }.sorted { $0.key < $1.key }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestampArray(changes.map { $0.key * 1_000_000 })
        parameters.int8Array(changes.map(\.value))
        return PipelineStep(statement, parameters)
    }

    // MARK: - Slices

    /// Old slices are deleted after some days: what is no longer there is not moved.
    private func writeSlices(_ organisation: Identifier, in session: Session) throws {
        let pairs = slices.sorted { ($0.key.start, $0.key.old.id, $0.key.new.id) < ($1.key.start, $1.key.old.id, $1.key.new.id) }
        guard !pairs.isEmpty else { return }
        let places = Dictionary(
            pairs.map { (UsagePage.Place(start: $0.key.start, dimension: $0.key.old), UsageSums()) }, uniquingKeysWith: { first, _ in first })
        var rows = try Self.readSlices(places, organisation, in: session)
        var taken: [UsagePage.Place: UsageSums] = [:]
        var added: [UsagePage.Place: UsageSums] = [:]
        for (pair, sums) in pairs {
            let wanted = sums.ofSlice
            let part = Self.taking([UsagePage.Place(start: pair.start, dimension: pair.old): wanted], from: &rows)
            for (place, sums) in part { taken[place, default: UsageSums()] += sums }
            let moved = part.values.reduce(into: UsageSums()) { $0 += $1 }
            if moved != UsageSums() { added[UsagePage.Place(start: pair.start, dimension: pair.new), default: UsageSums()] += moved }
        }
        let sorted = UsagePage.sorted(taken)
        var parameters = Self.places(sorted.map(\.place), organisation)
        for column in UsageSums.sliceColumns { parameters.int8Array(sorted.map { $0.sums[keyPath: column] }) }
        _ = try session.execute(MoveStatements.takeSlices, parameters)
        _ = try session.execute(MoveStatements.removeSlices, Self.places(sorted.map(\.place).filter { rows[$0] == UsageSums() }, organisation))
        if !added.isEmpty { _ = try session.pipeline([UsagePage.slicesStep(added, organisation)]) }
    }

    private static func readSlices(
        _ sums: [UsagePage.Place: UsageSums], _ organisation: Identifier, in session: Session
    ) throws -> [UsagePage.Place: UsageSums] {
        let candidates = Array(
            Set(sums.keys.flatMap { place in chain(place.dimension).map { UsagePage.Place(start: place.start, dimension: $0) } }))
        let rows = try session.execute(MoveStatements.readSlices, places(candidates, organisation))
        return try (0..<rows.count).reduce(into: [:]) { found, row in
            let place = Int(try rows.int8(row, 0)) - 1
            guard candidates.indices.contains(place) else { throw StoreError(.corrupt, "a sum came without its place") }
            var sums = UsageSums()
            for (index, column) in UsageSums.sliceColumns.enumerated() { sums[keyPath: column] = try rows.int8(row, 1 + index) }
            found[candidates[place]] = sums
        }
    }
}

extension UsageSums {
    static var sliceColumns: [WritableKeyPath<UsageSums, Int64>] { [\.toolCalls, \.cost, \.tokens] }

    /// What a slice has of them.
    var ofSlice: UsageSums {
        var sums = UsageSums()
        for column in Self.sliceColumns { sums[keyPath: column] = self[keyPath: column] }
        return sums
    }
}
