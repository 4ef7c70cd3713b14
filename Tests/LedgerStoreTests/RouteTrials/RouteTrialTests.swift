import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Route trials")
struct RouteTrialTests {
    private static let policy = """
        tiers: [premium, economy]
        models:
          big: { tier: premium, downgrade_to: small }
          small: { tier: economy }
        workflows: { triage: { owner: lead, outcome: ticket } }
        envelopes: [ { name: all, meter: cost, limit: "1000" } ]
        """
    private static let day: Int64 = 86_400

    /// Lends the same ledger through two replicas.
    private static func two(_ body: (TestLedger, TestLedger) async throws -> Void) async throws {
        try await TestLedger.with(policy: policy, prices: RandomTraffic.prices) { first in
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                _ = try await second.state()
                try await body(first, second)
            }
        }
    }

    private static func model(_ ledger: TestLedger, workflow: String = "triage") async throws -> String? {
        let call = ledger.call("1", ["workflow_name": workflow], model: "big", usage: TokenUsage(input: 10, output: 10))
        guard case .admitted(let hold) = try await ledger.submit(.reserve(call)) else { throw TestFailure("not admitted") }
        return hold.model
    }

    /// Through each of some replicas.
    private static func models(_ ledgers: TestLedger...) async throws -> [String?] {
        var models: [String?] = []
        for ledger in ledgers { models.append(try await model(ledger)) }
        return models
    }

    private static func begin(_ ledger: TestLedger, workflow: String = "triage") async throws -> RouteTrialStore.Beginning {
        let draft = RouteTrialDraft(workflow: workflow, tier: "economy", reason: "half the price", author: "ann", cycleDays: 7)
        return try await ledger.store.routeTrials.begin(draft, policy: try await ledger.state().policy, of: ledger.organisation.id)
    }

    private static func begun(_ ledger: TestLedger) async throws -> StoredRouteTrial {
        guard case .begun(let trial) = try await begin(ledger) else { throw TestFailure("not begun") }
        return trial
    }

    private static func end(_ trial: StoredRouteTrial, _ ledger: TestLedger) async throws -> StoredRouteTrial? {
        try await ledger.store.routeTrials.end(
            trial.id, reason: "enough", author: "bob", policy: try await ledger.state().policy, of: ledger.organisation.id)
    }

    private static func epoch(_ ledger: TestLedger) throws -> Int {
        Int(try ledger.number("SELECT guards FROM org_epochs"))
    }

    /// Forty results a day for some days, of which the clock then stands at the end.
    private static func work(_ ledger: TestLedger, days: Int, quality: Int64 = 900, reworkMinutes: Int64 = 20_000) async throws {
        for _ in 0..<days {
            try await ledger.advance(seconds: day / 2)
            let outcome = WorkflowOutcome(
                workflow: "triage", kind: "ticket", count: 40, quality: quality, reworkMinutes: reworkMinutes, began: ledger.now, ended: ledger.now)
            let draft = OutcomeDraft(
                outcome, bound: Tags(), author: "ann", idempotency: TestLedger.idempotency(nil, "\(ledger.now)"))
            guard case .recorded = try await ledger.store.outcomes.record(draft, of: ledger.organisation.id) else {
                throw TestFailure("not recorded")
            }
            try await ledger.advance(seconds: day / 2)
        }
    }

    private static func find(_ trial: StoredRouteTrial, _ ledger: TestLedger) async throws -> StoredRouteTrial {
        try #require(try await ledger.store.routeTrials.find(trial.id, of: ledger.organisation.id))
    }

    private static func events(_ ledger: TestLedger) throws -> [String] {
        try ledger.database.texts("SELECT kind FROM events WHERE kind LIKE 'trial.%' ORDER BY made_at, id")
    }

    @Test("once it has begun every replica routes its workflow, and no other; once it has ended none does")
    func strict() async throws {
        try await Self.two { first, second in
            for _ in 0..<5 {
                #expect(try await Self.model(second) == "big")
                let trial = try await Self.begun(first)
                #expect(try await Self.models(second, first) == ["small", "small"])
                #expect(try await Self.model(second, workflow: "other") == "big")
                let epoch = try Self.epoch(first)
                guard case .conflict = try await Self.begin(second) else { throw TestFailure("two are on") }
                #expect(try Self.epoch(first) == epoch, "nobody reads guards anew for a refusal")
                let ended = try await Self.end(trial, second)
                #expect(ended?.state == .ended && ended?.end?.reason == "enough" && ended?.nextAt == nil)
                #expect(try Self.epoch(first) == epoch + 1)
                #expect(try await Self.end(trial, first)?.verdicts.count == 1)
                #expect(try Self.epoch(first) == epoch + 1)
                #expect(try await Self.models(first, second) == ["big", "big"])
            }
            #expect(
                try first.database.texts("SELECT DISTINCT reason FROM reservations WHERE decision = 'downgrade'") == [
                    "workflow 'triage' tries economy (half the price): small instead of big"
                ])
            #expect(try await first.replay().differences == 0, "the record explains the calls that were routed")
            let middle = first.now
            try await first.advance(seconds: 1)
            _ = try await Self.begun(second)
            try await first.advance(seconds: 1)
            #expect(try await Self.model(first) == "small")
            #expect(
                try await first.replay(since: Timestamp(microseconds: middle.microseconds + 1_500_000)).differences == 0,
                "it is on when the period begins")
        }
    }

    @Test("two cycles of results as good as before keep it, once though two replicas judge")
    func kept() async throws {
        try await Self.two { first, second in
            try await Self.work(first, days: 14)
            let trial = try await Self.begun(first)
            #expect(trial.nextAt == trial.startedAt.adding(seconds: 7 * Self.day))
            try await Self.work(first, days: 7, quality: 890)
            async let one = first.store.routeTrials.judgeDue(at: first.now)
            async let other = second.store.routeTrials.judgeDue(at: first.now)
            #expect(try await one + other == 1)
            #expect(try await Self.find(trial, first).verdicts.map(\.state) == [.trying])
            #expect(try await first.store.routeTrials.judgeDue(at: first.now) == 0)
            try await Self.work(first, days: 7)
            #expect(try await second.store.routeTrials.judgeDue(at: first.now) == 1)
            let kept = try await Self.find(trial, first)
            #expect(kept.state == .kept && kept.isOn && kept.nextAt == nil)
            #expect(kept.verdicts.last?.reason.contains("280 results after 560") == true)
            #expect(try Self.events(first) == ["trial.started", "trial.kept"])
            #expect(try await Self.models(first, second) == ["small", "small"])
        }
    }

    @Test("a cycle that is not over is not judged, though another replica judged the one before while this one read")
    func overtaken() async throws {
        try await Self.two { first, second in
            try await Self.work(first, days: 14)
            let trial = try await Self.begun(first)
            try await Self.work(first, days: 7)
            let owner = try first.database.owner()
            defer { owner.close() }
            try owner.run("BEGIN; LOCK TABLE route_trial_verdicts")
            async let late = second.store.routeTrials.judgeDue(at: first.now)
            #expect(try await eventually { try first.blockedSessions() == 1 }, "it has read when the cycle is over, but no verdicts")
            try owner.run(
                """
                UPDATE open_route_trials SET cycles = 1, look_at = look_at + interval '7 days';
                INSERT INTO route_trial_verdicts (org_id, id, trial_id, cycle, finding, state, reason, author, made_at)
                SELECT org_id, id, id, 1, 'flat', 'trying', 'as good', 'purser', started_at + interval '7 days' FROM route_trials;
                COMMIT
                """)
            #expect(try await late == 0)
            #expect(try await Self.find(trial, first).verdicts.map(\.cycle) == [1])
            try await Self.work(first, days: 7)
            #expect(try await second.store.routeTrials.judgeDue(at: first.now) == 1)
            #expect(try await Self.find(trial, first).state == .kept)
        }
    }

    @Test("more rework in the first cycle rolls it back by itself, with the numbers, and calls get their own model again")
    func rolledBack() async throws {
        try await Self.two { first, second in
            try await Self.work(first, days: 14)
            let trial = try await Self.begun(first)
            try await Self.work(first, days: 7, reworkMinutes: 30_000)
            async let one = first.store.routeTrials.judgeDue(at: first.now)
            async let other = second.store.routeTrials.judgeDue(at: first.now)
            #expect(try await one + other == 1)
            let over = try await Self.find(trial, first)
            #expect(over.state == .rolledBack && !over.isOn)
            #expect(
                over.end?.reason == "cycle 1: rework rose from 0.5 to 0.75 minutes a result, more than 10 % and 0.05 minutes (280 results after 560)")
            #expect(try Self.events(first) == ["trial.started", "trial.rolled_back"])
            #expect(try await Self.models(first, second) == ["big", "big"])
            let another = try await Self.begin(second)
            #expect(another.isBegun, "another one may be tried")
        }
    }

    @Test("a trial that was ended by hand stays so, though a replica that knows an earlier time ended it")
    func laggingEnd() async throws {
        try await Self.two { first, second in
            let trial = try await Self.begun(first)
            try await first.advance(seconds: 8 * Self.day)
            #expect(try await first.store.routeTrials.judgeDue(at: first.now) == 1)
            let policy = try await first.state().policy
            #expect(second.now < first.now)
            let ended = try #require(
                try await second.store.routeTrials.end(trial.id, reason: "enough", author: "bob", policy: policy, of: first.organisation.id))
            #expect(ended.state == .ended && !ended.isOn && ended.end?.author == "bob")
        }
    }

    @Test("cycles that were over while nothing ran are judged one after the other; without results it ends for want of evidence")
    func catchUp() async throws {
        try await Self.two { first, second in
            let trial = try await Self.begun(first)
            try await first.advance(seconds: 60 * Self.day)
            #expect(try await second.store.routeTrials.judgeDue(at: first.now) == OutcomeGuard.maximumCycles)
            let over = try await Self.find(trial, first)
            #expect(over.verdicts.map(\.cycle) == [1, 2, 3, 4, 5, 6] && over.verdicts.allSatisfy { $0.finding == .tooFew })
            #expect(over.state == .rolledBack && over.end?.reason.contains("0 of 2 that are needed") == true)
        }
    }
}

extension RouteTrialStore.Beginning {
    fileprivate var isBegun: Bool { if case .begun = self { true } else { false } }
}
