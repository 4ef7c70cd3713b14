internal import Ledger
internal import Postgres

/// Proves that the sums of usage are those of the settlements, hour by hour, to the nano-unit: of every hour that ended
/// before the first batch that waits for its roll-up.
struct UsageProof {
    private struct Sums: Hashable {
        var facts: Int64 = 0
        var calls: Int64 = 0
        var toolCalls: Int64 = 0
        var cost: Int64 = 0
        var tokens: Int64 = 0

        var text: String { "\(facts) settlements, \(amounts)" }
        var amounts: String { "\(calls) and \(toolCalls) calls, \(Money(nanos: cost)), \(tokens) tokens" }
    }

    /// A batch that is under way was given its time so long ago at most.
    private static let graceSeconds: Int64 = 120
    private static let pageSize: Int64 = 24

    /// The end of the last hour that is compared, in seconds since 1970.
    private var until = Int64.min
    private var rolled: [Int64: Sums] = [:]
    private var facts: [Int64: Sums] = [:]
    private var faults: [Finding] = []

    init() {}

    /// Reads the sums, each page a transaction of its own.
    static func read(_ organisation: Identifier, in session: Session) throws -> UsageProof {
        var proof = UsageProof()
        proof.until = try readUntil(organisation, in: session)
        var from: Int64 = 0
        while true {
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: from * 1_000_000)
            parameters.timestamp(microsecondsSince1970: max(from, proof.until) * 1_000_000)
            parameters.int8(pageSize)
            let rows = try session.execute(VerificationStatements.usageHours, parameters, timeout: .seconds(60))
            for row in 0..<rows.count { from = try proof.take(rows, row) + UsagePage.hourSeconds }
            if rows.count < pageSize { break }
        }
        try proof.readDays(organisation, in: session)
        return proof
    }

    /// Compares days with their hours, as far as they sum up the same settlements.
    private mutating func readDays(_ organisation: Identifier, in session: Session) throws {
        var from: Int64 = 0
        while true {
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: from * 1_000_000)
            parameters.timestamp(microsecondsSince1970: max(from, until) * 1_000_000)
            parameters.int8(Self.pageSize)
            let rows = try session.execute(VerificationStatements.usageDays, parameters)
            for row in 0..<rows.count {
                let day = try rows.timestamp(row, 0) / 1_000_000
                let (parts, whole) = try (Self.sums(rows, row, from: 1), Self.sums(rows, row, from: 5))
                if try rows.bool(row, 9), parts != whole {
                    faults.append(
                        Finding("usage of the day \(Timestamp(seconds: day))", "adds up to \(parts.amounts), but its hours to \(whole.amounts)"))
                }
                from = day + UsagePage.daySeconds
            }
            if rows.count < Self.pageSize { return }
        }
    }

    private static func sums(_ rows: Rows, _ row: Int, from column: Int) throws -> Sums {
        Sums(
            calls: try rows.int8(row, column), toolCalls: try rows.int8(row, column + 1), cost: try rows.int8(row, column + 2),
            tokens: try rows.int8(row, column + 3))
    }

    private static func readUntil(_ organisation: Identifier, in session: Session) throws -> Int64 {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let rows = try session.execute(VerificationStatements.rolledUntil, parameters)
        let test = try rows.timestampIfPresent(0, 2)
        let now = Timestamp(microseconds: try test ?? rows.timestamp(0, 1)).adding(seconds: test == nil ? -graceSeconds : 0)
        let waiting = try rows.timestampIfPresent(0, 0).map { Timestamp(microseconds: $0) } ?? now
        return UsagePage.start(of: min(now, waiting).seconds, UsagePage.hourSeconds)
    }

    private mutating func take(_ rows: Rows, _ row: Int) throws -> Int64 {
        let hour = try rows.timestamp(row, 0) / 1_000_000
        let whole = Sums(
            facts: try rows.int8(row, 1), calls: try rows.int8(row, 2), toolCalls: try rows.int8(row, 3), cost: try rows.int8(row, 4),
            tokens: try rows.int8(row, 5))
        let parts = Sums(
            facts: whole.facts, calls: try rows.int8(row, 6), toolCalls: try rows.int8(row, 7), cost: try rows.int8(row, 8),
            tokens: try rows.int8(row, 9))
        if parts != whole {
            faults.append(Finding("usage of \(Timestamp(seconds: hour))", "is \(whole.text), but its parts add up to \(parts.text)"))
        }
        // What was imported is left: the settlements must be all the rest.
        rolled[hour] = Sums(
            facts: whole.facts - (try rows.int8(row, 10)), calls: whole.calls - (try rows.int8(row, 11)),
            toolCalls: whole.toolCalls - (try rows.int8(row, 12)), cost: whole.cost - (try rows.int8(row, 13)),
            tokens: whole.tokens - (try rows.int8(row, 14)))
        return hour
    }

    /// Takes a settlement into account.
    mutating func add(_ charged: Amounts, at time: Timestamp) {
        guard time.seconds < until else { return }
        var sums = facts[UsagePage.start(of: time.seconds, UsagePage.hourSeconds)] ?? Sums()
        sums.facts += 1
        UsageSums.add(&sums.calls, charged.modelCalls)
        UsageSums.add(&sums.toolCalls, charged.toolCalls)
        UsageSums.add(&sums.cost, charged.cost)
        UsageSums.add(&sums.tokens, charged.tokens)
        facts[UsagePage.start(of: time.seconds, UsagePage.hourSeconds)] = sums
    }

    /// The last hours whose sums are complete, the latest first.
    func latestHours(_ limit: Int) -> [Int64] { Array(rolled.keys.sorted(by: >).prefix(limit)) }

    /// How many settlements an hour has whose sums are complete; nil: it is none of those.
    func facts(inHour hour: Int64) -> Int64? { rolled[hour]?.facts }

    /// What does not agree.
    var findings: [Finding] {
        faults
            + Set(rolled.keys).union(facts.keys).sorted().compactMap { hour in
                let (sums, truth) = (rolled[hour] ?? Sums(), facts[hour] ?? Sums())
                return sums == truth
                    ? nil : Finding("usage of \(Timestamp(seconds: hour))", "is \(sums.text), but the settlements add up to \(truth.text)")
            }
    }
}
