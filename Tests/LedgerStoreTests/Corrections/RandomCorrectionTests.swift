import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Sums after random corrections are those of a plain model")
struct RandomCorrectionTests {
    /// A call as anybody would keep it.
    private struct Call {
        let id: Identifier
        var tags: Tags
        var settled: [(at: Timestamp, cost: Int64, calls: Int64)]
    }

    private static let names = ["team_id", "agent_id", "custom", "user_id"]

    private static func values(_ random: inout SplitMix64) -> [String: String] {
        names.reduce(into: [:]) { tags, name in if random.chance(60) { tags[name] = "\(name.prefix(1))\(random.number(1...2))" } }
    }

    private static func call(_ ledger: TestLedger, _ random: inout SplitMix64) async throws -> Call? {
        var tags = values(&random)
        if random.chance(50) { tags["run_id"] = "run \(random.number(1...5))" }
        let cost = random.number(0...3_000_000_001)
        let text = Money(nanos: cost).description
        if random.chance(50) {
            let id = try await ledger.charged(text, tags)
            return Call(id: id, tags: TestLedger.tags(tags), settled: [(ledger.now, cost, 1)])
        }
        let id = try await ledger.hold("1", tags)
        var call = Call(id: id, tags: TestLedger.tags(tags), settled: [])
        if random.chance(30) {
            _ = try await ledger.settle(id, .release(reason: nil))
            call.settled.append((ledger.now, 0, 0))
            guard random.chance(50) else { return call }
        }
        _ = try await ledger.commit(id, text)
        call.settled.append((ledger.now, cost, 1))
        return call
    }

    private static func correct(_ ledger: TestLedger, _ calls: inout [Call], _ random: inout SplitMix64) async throws {
        // What is settled from now on is not meant.
        try await ledger.advance(seconds: 1)
        let correction = TagCorrection(
            set: TestLedger.tags(values(&random)), removed: random.chance(50) ? [random.one(of: names)] : ["nothing"])
        let isMeant: (Call) -> Bool
        let selection: CorrectionSelection
        if random.chance(50), !calls.isEmpty {
            let named = Set((0...random.number(0...5)).map { _ in calls[Int(random.number(0...Int64(calls.count - 1)))].id })
            selection = .calls(Array(named))
            isMeant = { named.contains($0.id) }
        } else {
            let pattern = TagPattern(
                [random.one(of: names)].map {
                    .init(name: $0, matcher: random.chance(30) ? nil : Matcher(random.chance(50) ? "*1" : "\($0.prefix(1))2"))
                })
            let from = ledger.now.adding(seconds: -random.number(1...9_000))
            let to = ledger.now
            selection = .matching(pattern, from: from, to: to)
            isMeant = { call in pattern.matches(call.tags) && call.settled.contains { $0.at >= from && $0.at < to } }
        }
        try await ledger.corrected(selection, set: tags(correction.set), remove: correction.removed)
        for index in calls.indices where isMeant(calls[index]) { calls[index].tags = correction.applied(to: calls[index].tags) }
    }

    private static func tags(_ tags: Tags) -> [String: String] { Dictionary(uniqueKeysWithValues: tags.entries.map { ($0.name, $0.value) }) }

    private static func sums(_ calls: [Call], secondsOf unit: Int64) -> [String: [Int64]] {
        var sums: [String: [Int64]] = [:]
        for call in calls {
            let kept = call.tags.entries.filter { $0.name != "run_id" }.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            for settled in call.settled where settled.calls > 0 || settled.cost > 0 {
                let key = "\(settled.at.seconds / unit) \(kept)"
                let old = sums[key] ?? [0, 0]
                sums[key] = [old[0] + settled.cost, old[1] + settled.calls]
            }
        }
        return sums
    }

    /// The rows of a table of sums, but for those of holds that came to nothing.
    private static func rows(_ table: String, _ column: String, secondsOf unit: Int64, _ ledger: TestLedger) throws -> [String: [Int64]] {
        try ledger.database.query(
            """
            SELECT (extract(epoch FROM u.\(column))::bigint / \(unit))::text || ' ' || coalesce((
                       SELECT string_agg(t.key || '=' || t.value, ' ' ORDER BY t.key COLLATE "C") FROM jsonb_each_text(u.tags) t), ''),
                   sum(u.cost)::bigint, sum(u.calls)::bigint
            FROM \(table) u GROUP BY 1 HAVING sum(u.cost) > 0 OR sum(u.calls) > 0
            """
        ) { rows in
            try (0..<rows.count).reduce(into: [:]) { $0[try rows.text($1, 0)] = [try rows.int8($1, 1), try rows.int8($1, 2)] }
        }
    }

    @Test("calls, corrections and roll-ups in any order, by one of two replicas or both at once: exact to the nano-unit")
    func exact() async throws {
        var random = SplitMix64.announced("corrections")
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            var calls: [Call] = []
            try await RunningStore.with(ledger.database, log: ledger.log) { other in
                for _ in 0..<150 {
                    if let call = try await Self.call(ledger, &random) { calls.append(call) }
                    if random.chance(15) { try await ledger.advance(seconds: random.number(1...2_500)) }
                    if random.chance(12) { try await Self.correct(ledger, &calls, &random) }
                    guard random.chance(15) else { continue }
                    let isBoth = random.chance(50)
                    async let first = ledger.store.usage.rollDue()
                    async let second = isBoth ? other.usage.rollDue() : 0
                    _ = try await first + second
                }
            }
            try await ledger.store.usage.rollDue()
            #expect(try ledger.count("corrections") > 3)
            #expect(try Self.rows("usage_hourly", "hour", secondsOf: 3_600, ledger) == Self.sums(calls, secondsOf: 3_600))
            #expect(try Self.rows("usage_daily", "day", secondsOf: 86_400, ledger) == Self.sums(calls, secondsOf: 86_400))
            let counts = """
                SELECT count(*) FROM usage_hours h WHERE h.rows <> (SELECT count(*) FROM usage_hourly u WHERE u.hour = h.hour)
                   OR h.cost <> (SELECT sum(u.cost) FROM usage_hourly u WHERE u.hour = h.hour)
                """
            #expect(try ledger.number(counts) == 0)
            #expect(
                try ledger.number("SELECT count(*) FROM usage_days d WHERE d.rows <> (SELECT count(*) FROM usage_daily u WHERE u.day = d.day)") == 0)
            // Five minutes have no column for calls.
            let slices = try ledger.number("SELECT coalesce(sum(cost), 0)::bigint FROM usage_slices")
            #expect(slices == calls.flatMap(\.settled).reduce(0) { $0 + $1.cost })
            for call in calls {
                guard let run = call.tags["run_id"] else { continue }
                let members = calls.filter { $0.tags["run_id"] == run }
                let common = members.dropFirst().reduce(members[0].tags) { common, call in
                    Tags(common.entries.filter { call.tags[$0.name] == $0.value })
                }
                let stored = try ledger.database.texts(
                    "SELECT coalesce((SELECT string_agg(t.key || '=' || t.value, ' ' ORDER BY t.key COLLATE \"C\") FROM jsonb_each_text(common_tags) t), '') "
                        + "FROM run_usage WHERE run_id = '\(run)'")
                #expect(stored == [common.entries.filter { $0.name != "run_id" }.map { "\($0.name)=\($0.value)" }.joined(separator: " ")], "\(run)")
            }
        }
    }
}
