import Ledger
import LedgerJobs
import LedgerStore
import TestSupport
import Testing

@Suite("Upkeep")
struct UpkeepTests {
    private static let policy = "envelopes: [ { name: all, meter: cost, limit: \"1000\" } ]"

    @Test("idempotency keys are kept for seven days, and the ledger does not miss older ones")
    func retention() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await ledger.runDue()
            _ = try await ledger.reserve("1", idempotency: "old")
            try await ledger.advance(seconds: 6 * 86_400)
            _ = try await ledger.reserve("1", idempotency: "young")
            try await ledger.runDue()
            #expect(try await ledger.reserve("1", idempotency: "old").replayed != nil)
            // 03:00 of the eighth day.
            try await ledger.advance(seconds: 2 * 86_400)
            try await ledger.runDue()
            #expect(try ledger.database.number("SELECT count(*) FROM idempotency_keys") == 1)
            #expect(try await ledger.reserve("1", idempotency: "young").replayed != nil)
            #expect(try await ledger.reserve("1", idempotency: "old").name == "admitted")
        }
    }

    @Test("more than a page of old rows, over many hours and two organisations, all go")
    func manyOldRows() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            for organisation in [ledger.organisation.id, other.id] {
                try ledger.database.run(
                    """
                    INSERT INTO idempotency_keys SELECT '\(organisation)', md5(n::text)::uuid, md5('')::uuid, md5('')::uuid,
                        timestamptz '2026-10-01T00:00:00Z' + n / 3000 * interval '7 hours' FROM generate_series(1, 7000) n
                    """)
            }
            #expect(try await ledger.store.oldRows.remove(at: ledger.now) == 14_000)
            #expect(try ledger.database.number("SELECT count(*) FROM idempotency_keys") == 0)
        }
    }

    @Test("a suspension of a run or session ends by itself thirty days after its last call; that of an agent stays")
    func idleSuspensions() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            let subjects: [(Subject, [String: String])] = [
                (Subject(kind: .run, id: "quiet"), ["run_id": "quiet"]), (Subject(kind: .run, id: "busy"), ["run_id": "busy"]),
                (Subject(kind: .run, id: "charged"), ["run_id": "charged"]), (Subject(kind: .session, id: "quiet"), ["session_id": "quiet"]),
                (Subject(kind: .session, id: "busy"), ["session_id": "busy"]), (Subject(kind: .agent, id: "quiet"), ["agent_id": "quiet"]),
            ]
            for (subject, tags) in subjects {
                let draft = SuspensionDraft(subject: subject, reason: "it loops", author: "ada")
                _ = try await ledger.store.suspensions.open(draft, of: ledger.organisation.id)
                #expect(try await ledger.reserve("1", tags).name == "suspended")
            }
            func open() throws -> [String] {
                try ledger.database.texts("SELECT subject_type || ' ' || subject_id FROM open_suspensions ORDER BY 1")
            }
            try await ledger.advance(seconds: 29 * 86_400)
            for tags in [["run_id": "busy"], ["session_id": "busy"]] { #expect(try await ledger.reserve("1", tags).name == "suspended") }
            _ = try await ledger.charge("1", ["run_id": "charged"])
            try await ledger.runDue()
            #expect(try open().count == 6)
            try await ledger.advance(seconds: 2 * 86_400)
            try await ledger.runDue()
            #expect(try open() == ["agent quiet", "run busy", "run charged", "session busy"])
            #expect(
                try ledger.database.texts("SELECT DISTINCT author || ': ' || reason FROM suspension_lifts") == ["retention: no call for 30 days"])
            #expect(try ledger.number("SELECT count(*) FROM events WHERE kind = 'suspension.lifted'") == 2)
            #expect(try await ledger.reserve("1", ["run_id": "quiet"]).name == "admitted", "as any other")
            #expect(try await ledger.reserve("1", ["session_id": "busy"]).name == "suspended")
        }
    }

    @Test("what was sent is kept for thirty days, but for what still waits")
    func deliveries() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for (state, days) in [("delivered", 31), ("dead", 31), ("pending", 31), ("delivered", 29)] {
                try ledger.database.run(
                    """
                    WITH d AS (SELECT md5('\(state) \(days)')::uuid AS id, timestamptz '\(ledger.now)' - interval '\(days) days' AS at),
                    a AS (INSERT INTO delivery_attempts SELECT '\(ledger.organisation.id)', d.id, n, d.at, 0, '', '', 200, 1, '', NULL
                          FROM d, generate_series(1, 3) n)
                    INSERT INTO deliveries (org_id, id, webhook_id, event_id, kind, number, position, state, attempts, failures, body, created_at,
                        next_attempt_at) SELECT '\(ledger.organisation.id)', d.id, d.id, d.id, 'alert', 1, 1, '\(state)', 3, 0, '', d.at, d.at FROM d
                    """)
            }
            #expect(try await ledger.store.oldRows.remove(at: ledger.now) == 2)
            #expect(
                try ledger.database.texts(
                    "SELECT state || ' ' || count(a.*) FROM deliveries d JOIN delivery_attempts a ON a.delivery_id = d.id GROUP BY d.id, state ORDER BY 1"
                )
                    == ["delivered 3", "pending 3"])
            #expect(try ledger.database.number("SELECT count(*) FROM delivery_attempts") == 6)
        }
    }

    @Test("a run that was rejected for ever is forgotten once it has made no call for thirty days")
    func rejectedGates() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for run in ["gone", "alive"] {
                try ledger.database.run(
                    """
                    WITH q AS (SELECT md5('\(run)')::uuid AS id, timestamptz '\(ledger.now)' - interval '40 days' AS at),
                    a AS (INSERT INTO approvals (org_id, id, scope, envelope, balance_id, meter, names, "values", run_id, key_id, requested, tags, reason,
                              requested_at, expires_at)
                          SELECT '\(ledger.organisation.id)', q.id, q.id, 'all', q.id, 'cost', '{}', '{}', '\(run)', q.id, 1, '{}', '', q.at, q.at FROM q)
                    INSERT INTO approval_gates SELECT '\(ledger.organisation.id)', q.id, q.id, 'rejected', NULL, NULL FROM q
                    """)
            }
            _ = try await ledger.hold("1", ["run_id": "alive"])
            #expect(try await ledger.store.oldRows.remove(at: ledger.now) == 1)
            #expect(try ledger.database.texts("SELECT a.run_id FROM approval_gates g JOIN approvals a ON a.id = g.approval_id") == ["alive"])
            try await ledger.advance(seconds: 31 * 86_400)
            try await ledger.store.oldRows.remove(at: ledger.now)
            #expect(try ledger.database.number("SELECT count(*) FROM approval_gates") == 0)
        }
    }

    @Test("holds that nobody settled end, whatever their number, and downgraded routes come back")
    func holdsAndRoutes() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await ledger.runDue()
            _ = try await ledger.hold("1", ttlSeconds: 60)
            try await ledger.advance(seconds: 59)
            try await ledger.runDue()
            #expect(try ledger.database.number("SELECT count(*) FROM open_reservations") == 1)
            try await ledger.advance(seconds: 1)
            try await ledger.runDue()
            #expect(try ledger.database.number("SELECT count(*) FROM open_reservations") == 0)
        }
    }

    @Test("the months ahead have their partitions")
    func partitions() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await ledger.runDue()
            try await ledger.advance(seconds: 300 * 86_400)
            try await ledger.runDue()
            #expect(try await ledger.schedule("create-partitions").lastState == .ok)
            for month in ["2027_09", "2027_12"] {
                #expect(try ledger.database.number("SELECT count(*) FROM pg_class WHERE relname LIKE '%\\_\(month)' AND relkind = 'r'") == 4)
            }
        }
    }

    @Test("a ledger that contradicts itself fails the job, is logged, and is told once a day")
    func verify() async throws {
        try await TestLedger.with(policy: Self.policy, isTampered: true) { ledger in
            let scheduler = ledger.scheduler(ledger.jobs)
            _ = try await ledger.hold("1", ttlSeconds: 3_600)
            _ = try await scheduler.runNow("verify")
            #expect(try await ledger.schedule("verify").lastState == .ok)
            try ledger.database.run("UPDATE balances SET held = held + 1")
            for _ in 0..<2 { _ = try await scheduler.runNow("verify") }
            let schedule = try await ledger.schedule("verify")
            #expect(schedule.lastState == .failed && schedule.lastError?.contains("1 found, the first: default: balance") == true)
            let told = "SELECT count(*) FROM events e JOIN outbox x ON x.event_id = e.id WHERE e.kind = 'ledger.inconsistent'"
            #expect(try ledger.database.number(told) == 1)
            #expect(ledger.log.errors.contains { $0.contains("the ledger contradicts itself") })
            try await ledger.advance(seconds: 86_400)
            _ = try await scheduler.runNow("verify")
            #expect(try ledger.database.number(told) == 2)
        }
    }
}
