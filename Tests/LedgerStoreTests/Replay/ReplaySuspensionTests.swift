import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("A policy over recorded calls of subjects that were suspended and lifted")
struct ReplaySuspensionTests {
    private static let policy = """
        envelopes:
          - name: agent
            per: [agent_id]
            meter: cost
            limit: "4"
            window: { every: hour }
            plan: [ { at: 100, do: suspend }, { at: 200, do: suspend }, { at: 400, do: suspend } ]
          - { name: run-steps, per: [run_id], meter: model_calls, limit: 40, window: { every: run } }
        """

    /// Traffic of two replicas; in between people lift what a plan suspended, and stop agents by hand for a while.
    private static func run(_ ledger: TestLedger, _ random: SplitMix64, _ mark: (Int) async throws -> Void) async throws -> [String: Int] {
        try await RunningStore.with(ledger.database, log: ledger.log) { store in
            let second = ledger.through(store)
            _ = try await second.state()
            var random = random
            var traffic = RandomTraffic(SplitMix64(seed: random.seed &+ 1), [ledger, second])
            for round in 0..<30 {
                try await mark(round)
                try await traffic.run(rounds: 1)
                for open in try await ledger.suspensions(.init(state: .open)) where random.chance(60) { _ = try await second.lift(open.id) }
                if random.chance(20) { try await ledger.suspend(Subject(kind: .agent, id: "a\(random.number(0...3))")) }
                _ = try await ledger.store.sweeps.sweepDue()
            }
            return traffic.outcomes
        }
    }

    @Test("the policy in force decides as it did", .timeLimit(.minutes(10)), arguments: 0..<4)
    func ownHistory(run: Int) async throws {
        let random = SplitMix64.announced("Replay of suspensions \(run)")
        try await TestLedger.with(policy: Self.policy, prices: RandomTraffic.prices) { (ledger) async throws in
            let outcomes = try await Self.run(ledger, SplitMix64(seed: random.seed &+ UInt64(run))) { _ in }
            let report = try await ledger.replay()
            let context = Comment(rawValue: "seed \(random.seed): \(report.listed.prefix(5)) \(outcomes)")
            #expect(report.differences == 0 && report.unplaced == 0 && report.saved == 0, context)
            #expect(
                try ledger.number("SELECT count(*) FROM suspension_lifts l JOIN suspensions s ON s.id = l.suspension_id WHERE s.rule IS NOT NULL") > 0
            )
            #expect(outcomes["suspended"] ?? 0 > 0, context)
        }
    }

    @Test("so does a replay that begins while some are suspended and others lifted", .timeLimit(.minutes(10)), arguments: 0..<2)
    func middle(run: Int) async throws {
        let random = SplitMix64.announced("Replay of suspensions from the middle \(run)")
        try await TestLedger.with(policy: Self.policy, prices: RandomTraffic.prices) { (ledger) async throws in
            var starts: [Timestamp] = []
            _ = try await Self.run(ledger, SplitMix64(seed: random.seed &+ UInt64(run))) { round in
                guard round % 6 == 3 else { return }
                try await ledger.advance(seconds: 1)
                starts.append(ledger.now)
            }
            for start in starts {
                let report = try await ledger.replay(since: start)
                let context = Comment(rawValue: "seed \(random.seed), from \(start): \(report.listed.prefix(5))")
                #expect(report.differences == 0 && report.unplaced == 0 && report.saved == 0, context)
            }
        }
    }

    @Test("a call stays admitted that another server decided while the suspension was still being written")
    func unknownSuspension() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                let second = ledger.through(store)
                let hold = try await ledger.hold("3", ["agent_id": "a", "run_id": "first"], ttlSeconds: 7_200)
                // Its balances are those of the hour and run before, so that nothing but the suspension ties the next call to it.
                try await ledger.advance(seconds: 3_600)
                _ = try await store.testClock.refresh()
                let owner = try ledger.database.owner()
                defer { owner.close() }
                try owner.run("BEGIN; SELECT FROM org_epochs FOR UPDATE")
                async let suspending = ledger.commit(hold, "5")
                #expect(try await eventually { try ledger.blockedSessions() == 1 })
                let next = ["agent_id": "a", "run_id": "second"]
                let admitted = try await second.reserve("1", next)
                try owner.run("ROLLBACK")
                _ = try await suspending
                let refused = try await second.reserve("1", next)
                #expect([admitted.name, refused.name] == ["admitted", "suspended"])
            }
            let report = try await ledger.replay()
            #expect(report.differences == 0 && report.unplaced == 0, "\(report.listed)")
        }
    }
}
