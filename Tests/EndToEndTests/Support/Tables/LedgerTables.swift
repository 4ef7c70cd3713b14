import Postgres

/// All that the tables say, read without the help of the product.
struct LedgerTables: Sendable {
    var balances: [RowID: BalanceRow] = [:]
    var reservations: [RowID: ReservationRow] = [:]
    /// By hold, or by their own id where there was none.
    var ends: [RowID: SettlementRow] = [:]
    var lateCharges: [RowID: SettlementRow] = [:]
    var directCharges: [RowID: SettlementRow] = [:]
    var adjustments: [AdjustmentRow] = []
    var open: [RowID: Moment] = [:]
    var batches: [BatchRow] = []
    /// Which fact each idempotency key made.
    var keyedFacts: [RowID] = []
    var refusals: [RowID] = []
    var refusalsCounted: Int64 = 0
    /// The time of the ledger.
    var now = Moment(microseconds: 0)
    /// Settlements that are there twice.
    var repeated: [String] = []

    /// Reads them in one transaction, so that they belong together.
    static func read(_ databaseURL: String) throws -> LedgerTables {
        let session = try Session.connect(ConnectionSettings(databaseURL, statementTimeout: .seconds(120)))
        defer { session.close() }
        try session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        var tables = LedgerTables()
        try tables.readBalances(session)
        try tables.readReservations(session)
        try tables.readSettlements(session)
        try tables.readAdjustments(session)
        try tables.readLists(session)
        try session.run("COMMIT")
        return tables
    }

    private mutating func readBalances(_ session: Session) throws {
        let rows = try session.execute(Queries.balances)
        for row in 0..<rows.count {
            let names = try rows.textArray(row, 3)
            let values = try rows.textArray(row, 4)
            let balance = BalanceRow(
                id: try rows.uuid(row, 0), envelope: try rows.text(row, 1), meter: try rows.text(row, 2),
                key: Dictionary(uniqueKeysWithValues: zip(names, values)),
                windowStart: try rows.timestampIfPresent(row, 5).map(Moment.init(microseconds:)),
                windowEnd: try rows.timestampIfPresent(row, 6).map(Moment.init(microseconds:)), limit: try rows.int8(row, 7),
                held: try rows.int8(row, 8), spent: try rows.int8(row, 9), version: try rows.int8(row, 10), lastFact: try rows.uuid(row, 11))
            balances[balance.id] = balance
        }
    }

    private mutating func readReservations(_ session: Session) throws {
        let rows = try session.execute(Queries.reservations)
        for row in 0..<rows.count {
            let id: RowID = try rows.uuid(row, 0)
            let amounts = try rows.int8Array(row, 7)
            reservations[id] = ReservationRow(
                id: id, openedAt: Moment(microseconds: try rows.timestamp(row, 1)), expiresAt: Moment(microseconds: try rows.timestamp(row, 2)),
                cost: try rows.int8(row, 3), tokens: try rows.int8(row, 4), isModelCall: try rows.bool(row, 5),
                entries: try entries(rows, row, heldChanges: amounts, spentChanges: amounts.map { _ in 0 }, from: 6, then: 8))
        }
    }

    private mutating func readSettlements(_ session: Session) throws {
        let rows = try session.execute(Queries.settlements)
        for row in 0..<rows.count {
            guard let kind = SettlementRow.Kind(rawValue: try rows.text(row, 1)) else { throw Failure("a settlement of an unknown kind") }
            let settlement = SettlementRow(
                id: try rows.uuid(row, 0), kind: kind, openedAt: Moment(microseconds: try rows.timestamp(row, 2)),
                settledAt: Moment(microseconds: try rows.timestamp(row, 3)), state: try rows.text(row, 4),
                charged: Amounts(
                    cost: try rows.int8(row, 5), tokens: try rows.int8(row, 6), modelCalls: try rows.int8(row, 7), toolCalls: try rows.int8(row, 8)),
                entries: try entries(
                    rows, row, heldChanges: try rows.int8Array(row, 10), spentChanges: try rows.int8Array(row, 11), from: 9, then: 12))
            let before =
                switch kind {
                case .end: ends.updateValue(settlement, forKey: settlement.id)
                case .late: lateCharges.updateValue(settlement, forKey: settlement.id)
                case .direct: directCharges.updateValue(settlement, forKey: settlement.id)
                }
            if before != nil { repeated.append("\(settlement.id) has two settlements of kind \(kind)") }
        }
    }

    private mutating func readAdjustments(_ session: Session) throws {
        let rows = try session.execute(Queries.adjustments)
        for row in 0..<rows.count {
            let entry = EntryRow(
                balance: try rows.uuid(row, 1), heldChange: 0, spentChange: 0, version: try rows.int8(row, 2), held: try rows.int8(row, 3),
                spent: try rows.int8(row, 4), limit: try rows.int8(row, 5), previous: try rows.uuid(row, 6))
            adjustments.append(AdjustmentRow(id: try rows.uuid(row, 0), entry: entry))
        }
    }

    private mutating func readLists(_ session: Session) throws {
        let holds = try session.execute(Queries.open)
        for row in 0..<holds.count { open[try holds.uuid(row, 0)] = Moment(microseconds: try holds.timestamp(row, 1)) }
        let batchRows = try session.execute(Queries.batches)
        for row in 0..<batchRows.count {
            batches.append(
                BatchRow(
                    opened: try batchRows.uuidArray(row, 0), settled: try batchRows.uuidArray(row, 1),
                    settledKinds: try batchRows.textArray(row, 2), refused: try batchRows.uuidArray(row, 3),
                    adjusted: try batchRows.uuidArray(row, 4)))
        }
        let keys = try session.execute(Queries.keys)
        for row in 0..<keys.count { keyedFacts.append(try keys.uuid(row, 0)) }
        let refused = try session.execute(Queries.refusals)
        for row in 0..<refused.count { refusals.append(try refused.uuid(row, 0)) }
        refusalsCounted = try session.execute(Queries.refusalsCounted).int8(0, 0)
        now = Moment(microseconds: try session.execute(Queries.now).timestamp(0, 0))
    }

    /// The entries of a fact: `from` is the column of the balances, `then` the first of versions, held, spent, limits, previous.
    private func entries(
        _ rows: Rows, _ row: Int, heldChanges: [Int64], spentChanges: [Int64], from: Int, then: Int
    ) throws -> [EntryRow] {
        let balances: [RowID] = try rows.uuidArray(row, from)
        let numbers = try (0..<4).map { try rows.int8Array(row, then + $0) }
        let previous: [RowID] = try rows.uuidArray(row, then + 4)
        guard (numbers + [heldChanges, spentChanges]).allSatisfy({ $0.count == balances.count }), previous.count == balances.count else {
            throw Failure("a fact has lists of different lengths")
        }
        return balances.indices.map { index in
            EntryRow(
                balance: balances[index], heldChange: heldChanges[index], spentChange: spentChanges[index], version: numbers[0][index],
                held: numbers[1][index], spent: numbers[2][index], limit: numbers[3][index], previous: previous[index])
        }
    }
}
