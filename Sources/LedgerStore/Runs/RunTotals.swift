internal import Ledger
internal import Postgres

/// What the calls of a run add up to, however many there are.
struct RunTotals {
    /// All calls, refused ones with it.
    private(set) var count: Int64 = 0
    private(set) var charged = Amounts.zero
    /// By open holds.
    private(set) var held = Amounts.zero
    private(set) var admitted: Int64 = 0
    private(set) var openHolds: Int64 = 0
    private var problems: [String: Int64] = [:]
    /// Of the calls up to one of them.
    private(set) var countBefore: Int64 = 0
    private(set) var chargedBefore = Amounts.zero

    /// - Parameters:
    ///   - bound: tags of a key; calls of other values are in no number.
    ///   - last: up to which call some numbers are told apart.
    static func read(_ run: String, bound: Tags, upTo last: Identifier, of organisation: Identifier, in session: Session) throws -> RunTotals {
        var parameters = RunFacts.key(run, bound: bound, of: organisation)
        parameters.uuid(last)
        let rows = try session.execute(RunStatements.totals, parameters, timeout: RunFacts.longestRead)
        var totals = RunTotals()
        for row in 0..<rows.count { try totals.add(rows, row) }
        return totals
    }

    private mutating func add(_ rows: Rows, _ row: Int) throws {
        let count = try rows.int8(row, 3)
        let charged = try Self.amounts(rows, row, from: 4)
        self.count += count
        self.charged = self.charged.clampedSum(charged)
        if try rows.bool(row, 2) { admitted += count }
        if let problem = try rows.textIfPresent(row, 1) { problems[problem, default: 0] += count }
        openHolds += try rows.int8(row, 8)
        held = held.clampedSum(try Self.amounts(rows, row, from: 9))
        guard try rows.bool(row, 0) else { return }
        countBefore += count
        chargedBefore = chargedBefore.clampedSum(charged)
    }

    private static func amounts(_ rows: Rows, _ row: Int, from column: Int) throws -> Amounts {
        Amounts(
            cost: try rows.int8(row, column), tokens: try rows.int8(row, column + 1), modelCalls: try rows.int8(row, column + 2),
            toolCalls: try rows.int8(row, column + 3))
    }

    /// By problem, most first.
    var refusals: [(problem: String, count: Int64)] {
        problems.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (problem: $0.key, count: $0.value) }
    }
}
