internal import Ledger
internal import Postgres

/// Reads the facts of entries as they are now.
struct SealedFacts {
    let organisation: Identifier
    let session: Session
    /// The names of the partitions that are attached.
    let partitions: Set<String>

    init(_ organisation: Identifier, in session: Session) throws {
        self.organisation = organisation
        self.session = session
        var parameters = Parameters()
        parameters.textArray(Partitions.tables)
        let rows = try session.execute(SealStatements.partitions, parameters)
        partitions = Set(try (0..<rows.count).map { try rows.text($0, 0) })
    }

    /// The facts of each of these batches, its own row first.
    func batches(_ batches: [(id: Identifier, madeAt: Timestamp)]) throws -> [Identifier: [SealedFact]] {
        guard !batches.isEmpty else { return [:] }
        let (lists, lines) = try batchRows(batches)
        var found: [String: [Identifier: [String: FactLine]]] = [:]
        for table in [SealedTable.reservations, .refusals, .adjustments, .approvalDecisions, .importedCalls] {
            found[table.name] = try self.lines(of: table, keys: lists.values.flatMap { $0[table.name] ?? [] }.map(\.key))
        }
        let settled = lists.values.flatMap { $0[SealedTable.settlements.name] ?? [] }
        found[SealedTable.settlements.name] = try self.lines(of: .settlements, keys: settled.map(\.key), kinds: settled.map { $0.kind ?? "" })
        var facts: [Identifier: [SealedFact]] = [:]
        for batch in batches {
            var own = SealedFact(table: SealedTable.batches.name, key: batch.id, kind: nil, line: lines[batch.id])
            own.isDetached = own.line == nil && !isAttached(SealedTable.batches, batch.madeAt)
            facts[batch.id] = [own]
            for table in SealedTable.all {
                for var fact in lists[batch.id]?[table.name] ?? [] {
                    fact.line = found[table.name]?[fact.key]?[fact.kind ?? ""]
                    fact.isDetached = fact.line == nil && table.partition != nil && !isAttached(table, fact.key.time)
                    facts[batch.id]?.append(fact)
                }
            }
        }
        return facts
    }

    /// Facts that are entries of their own.
    func singles(_ table: SealedTable, keys: [Identifier]) throws -> [Identifier: FactLine] {
        try lines(of: table, keys: keys).compactMapValues { $0[""] }
    }

    func isAttached(_ table: SealedTable, _ time: Timestamp) -> Bool {
        let month = String(Timestamp(seconds: time.seconds).description.prefix(7)).replacing("-", with: "_")
        return partitions.contains("\(table.name)_\(month)")
    }

    /// What each batch names, by table.
    private func batchRows(
        _ batches: [(id: Identifier, madeAt: Timestamp)]
    ) throws -> (lists: [Identifier: [String: [SealedFact]]], lines: [Identifier: FactLine]) {
        let rows = try session.execute(
            SealedTable.batches.facts, parameters(.batches, keys: batches.map(\.id), times: batches.map(\.madeAt)))
        var lists: [Identifier: [String: [SealedFact]]] = [:]
        var lines: [Identifier: FactLine] = [:]
        for row in 0..<rows.count {
            let id: Identifier = try rows.uuid(row, 0)
            lines[id] = try FactLine(.batches, key: id, rows, row, from: 1)
            lists[id] = try Self.lists(rows, row)
        }
        return (lists, lines)
    }

    private static func lists(_ rows: Rows, _ row: Int) throws -> [String: [SealedFact]] {
        func place(_ name: String) throws -> Int {
            guard let index = SealedTable.batches.columns.firstIndex(where: { $0.name == name }) else {
                throw StoreError(.corrupt, "a batch has no column \(name)")
            }
            return index + 1
        }
        var lists: [String: [SealedFact]] = [:]
        for (table, column) in [
            (SealedTable.reservations, "opened"), (.refusals, "refused"), (.adjustments, "adjusted"), (.approvalDecisions, "decided"),
            (.importedCalls, "imported"),
        ] {
            // NULL in batches that an earlier release wrote.
            let index = try place(column)
            let ids: [Identifier] = rows.isNull(row, index) ? [] : try rows.uuidArray(row, index)
            lists[table.name] = ids.map { SealedFact(table: table.name, key: $0, kind: nil) }
        }
        let ids: [Identifier] = try rows.uuidArray(row, try place("settled"))
        let kinds = try rows.textArray(row, try place("settled_kinds"))
        lists[SealedTable.settlements.name] = ids.enumerated().map { index, id in
            SealedFact(table: SealedTable.settlements.name, key: id, kind: index < kinds.count ? kinds[index] : "")
        }
        return lists
    }

    private func lines(of table: SealedTable, keys: [Identifier], kinds: [String]? = nil) throws -> [Identifier: [String: FactLine]] {
        guard !keys.isEmpty else { return [:] }
        let rows = try session.execute(table.facts, parameters(table, keys: keys, times: keys.map(\.time), kinds: kinds))
        let kind = kinds == nil ? nil : table.columns.firstIndex { $0.name == "kind" }
        var lines: [Identifier: [String: FactLine]] = [:]
        for row in 0..<rows.count {
            let key: Identifier = try rows.uuid(row, 0)
            let name = try kind.map { try rows.text(row, $0 + 1) } ?? ""
            lines[key, default: [:]][name] = try FactLine(table, key: key, rows, row, from: 1)
        }
        return lines
    }

    private func parameters(_ table: SealedTable, keys: [Identifier], times: [Timestamp], kinds: [String]? = nil) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(keys)
        guard table.partition != nil else { return parameters }
        let months = Partitions.months(from: times)
        parameters.timestamp(microsecondsSince1970: months.start.microseconds)
        parameters.timestamp(microsecondsSince1970: months.end.microseconds)
        if let kinds { parameters.textArray(kinds) }
        return parameters
    }
}
