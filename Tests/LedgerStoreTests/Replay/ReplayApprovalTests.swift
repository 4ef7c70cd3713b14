import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("A policy over recorded calls that people decided about")
struct ReplayApprovalTests {
    private static let asking = """
        envelopes:
          - name: team-day
            per: [team_id]
            meter: cost
            limit: "20"
            window: { every: day }
            plan: [ { at: 100, do: require_approval }, { at: 500, do: refuse } ]
          - name: run-steps
            per: [run_id]
            meter: model_calls
            limit: 4
            window: { every: run }
            plan: [ { at: 100, do: require_approval } ]
          - { name: single, meter: cost, per_call: "2.2", plan: [ { do: require_approval } ] }
          - name: agent-minute
            per: [agent_id]
            meter: model_calls
            limit: 2
            window: { every: minute }
            plan: [ { at: 100, do: require_approval } ]
        """

    private static func traffic(_ ledger: TestLedger, _ seed: UInt64, _ body: (inout RandomTraffic, inout RandomAnswers) async throws -> Void)
        async throws
    {
        try await RunningStore.with(ledger.database, log: ledger.log) { store in
            let second = ledger.through(store)
            _ = try await second.state()
            var traffic = RandomTraffic(SplitMix64(seed: seed), [ledger, second])
            traffic.lastRun = 8
            var answers = try await RandomAnswers(seed &+ 1, ledger)
            try await body(&traffic, &answers)
        }
    }

    /// Whether grants were drawn upon and ended with something left, and people answered in every way.
    private static func isVaried(_ ledger: TestLedger) throws -> Bool {
        let sql = """
            SELECT count(DISTINCT d.state) FROM approval_decisions d
            WHERE d.state IN ('approved', 'rejected', 'expired')
              AND EXISTS (SELECT FROM reservations r JOIN balances b ON b.id = ANY(r.balances) WHERE b.rule = 'grant')
              AND EXISTS (SELECT FROM adjustments a WHERE a.kind = 'expiry' AND a.amount < 0)
            """
        return try ledger.number(sql) == 3
    }

    @Test("the policy in force decides as it did, with what people granted and rejected", arguments: 0..<4)
    func ownHistory(run: Int) async throws {
        let seed = SplitMix64.announced("Replay of approvals \(run)").seed &+ UInt64(run)
        try await TestLedger.with(policy: Self.asking, prices: RandomTraffic.prices) { (ledger) async throws in
            try await Self.traffic(ledger, seed) { traffic, answers in
                // As long as it takes the dice to bring every kind of answer.
                for round in 0..<150 {
                    if round >= 30, try Self.isVaried(ledger) { break }
                    try await traffic.run(rounds: 1)
                    try await answers.answer()
                }
                let report = try await ledger.replay()
                let context = Comment(rawValue: "seed \(seed): \(report.listed.prefix(5)) \(traffic.outcomes) \(answers.counts)")
                #expect(report.differences == 0 && report.unplaced == 0 && report.saved == 0, context)
                #expect(report.total.newlyRefused + report.total.newlyAdmitted + report.total.newlyApprovalRequired == 0, context)
                #expect(try Self.isVaried(ledger), context)
            }
        }
    }

    @Test("so does a replay that begins while grants and rejections stand", arguments: 0..<4)
    func middle(run: Int) async throws {
        let seed = SplitMix64.announced("Replay of approvals from the middle \(run)").seed &+ UInt64(run)
        try await TestLedger.with(policy: Self.asking, prices: RandomTraffic.prices) { (ledger) async throws in
            try await Self.traffic(ledger, seed) { traffic, answers in
                var starts: [Timestamp] = []
                for round in 0..<30 {
                    if round % 6 == 3 {
                        try await ledger.advance(seconds: 1)
                        starts.append(ledger.now)
                    }
                    try await traffic.run(rounds: 1)
                    try await answers.answer()
                }
                for start in starts {
                    let report = try await ledger.replay(since: start)
                    let context = Comment(rawValue: "seed \(seed), from \(start): \(report.listed.prefix(5))")
                    #expect(report.differences == 0 && report.unplaced == 0 && report.saved == 0, context)
                }
            }
        }
    }

    private static let simple = """
        envelopes: [ { name: total, meter: cost, limit: "0", plan: [ { at: 100, do: require_approval } ] } ]
        """

    /// Asks for a run, and lends what was asked.
    private static func ask(_ ledger: TestLedger, _ run: String, _ cost: String) async throws -> ApprovalQuestion {
        let outcome = try await ledger.reserve(cost, ["run_id": run])
        guard outcome.name == "approval required" else { throw TestFailure("\(outcome.name) instead of a question") }
        let found = try await ledger.store.approvals.list(
            of: ledger.organisation.id, filter: .init(state: .pending, runID: run), bound: Tags(), before: nil, limit: 1)
        return try #require(found.first).question
    }

    @Test("a grant that ended unnoticed before the period adds nothing to the next one")
    func unnoticedEnd() async throws {
        try await TestLedger.with(policy: Self.simple) { (ledger) async throws in
            let answers = try await RandomAnswers(0, ledger)
            let first = try await Self.ask(ledger, "r", "1")
            _ = try await answers.decide(first, .approve(amount: 10_000_000_000, until: ledger.now.adding(seconds: 60)))
            let hold = try await ledger.hold("3", ["run_id": "r"], ttlSeconds: 3_600)
            try await ledger.advance(seconds: 100)
            let since = ledger.now
            try await ledger.advance(seconds: 1)
            let second = try await Self.ask(ledger, "r", "1")
            _ = try await answers.decide(second, .approve(amount: 2_000_000_000, until: ledger.now.adding(seconds: 60)))
            #expect(try await ledger.reserve("2.000000001", ["run_id": "r"]).name == "approval required")
            _ = try await ledger.hold("2", ["run_id": "r"])
            _ = try await ledger.commit(hold, "3")
            let report = try await ledger.replay(since: since)
            #expect(report.differences == 0 && report.total.calls == 3, "\(report.listed)")
            #expect(try await ledger.replay().differences == 0)
            // Neither does one whose end nobody has noticed to this day.
            try await ledger.advance(seconds: 100)
            #expect(try await ledger.replay(since: ledger.now).differences == 0)
        }
    }

    @Test("a rejection binds what came after it, in the same moment too")
    func rejection() async throws {
        try await TestLedger.with(policy: Self.simple) { (ledger) async throws in
            let answers = try await RandomAnswers(0, ledger)
            let question = try await Self.ask(ledger, "r", "1")
            #expect(try await ledger.reserve("1", ["run_id": "r"]).name == "approval required")
            _ = try await answers.decide(question, .reject)
            #expect(try await ledger.reserve("1", ["run_id": "r"]).name == "exhausted")
            try await ledger.advance(seconds: 5)
            let since = ledger.now
            #expect(try await ledger.reserve("1", ["run_id": "r"]).name == "exhausted")
            let whole = try await ledger.replay()
            #expect(whole.differences == 0 && whole.total.approvalRequired == 2 && whole.total.refused == 2, "\(whole.listed)")
            #expect(try await ledger.replay(since: since).differences == 0)
        }
    }

    @Test("a proposed policy that asks no longer leaves the grants aside, and one that asks sooner asks for other calls")
    func proposed() async throws {
        try await TestLedger.with(policy: Self.simple.replacing("\"0\"", with: "\"5\"")) { (ledger) async throws in
            let answers = try await RandomAnswers(0, ledger)
            _ = try await ledger.commit(try await ledger.hold("5", ["run_id": "r"]), "5")
            let question = try await Self.ask(ledger, "r", "2")
            _ = try await answers.decide(question, .approve(amount: 4_000_000_000, until: ledger.now.adding(seconds: 60)))
            for _ in 0..<2 { _ = try await ledger.commit(try await ledger.hold("2", ["run_id": "r"]), "2") }
            let open = try await ledger.replay("envelopes: []")
            #expect(open.total.newlyAdmitted == 1 && open.differences == 1)
            let stricter = try await ledger.replay(Self.simple.replacing("\"0\"", with: "\"4\""))
            // The 5 do not fit, but then the 2 do that a person was asked for.
            #expect(stricter.total.newlyApprovalRequired == 1 && stricter.total.newlyAdmitted == 1, "\(stricter.listed)")
            #expect(stricter.saved == 3_000_000_000)
        }
    }
}
