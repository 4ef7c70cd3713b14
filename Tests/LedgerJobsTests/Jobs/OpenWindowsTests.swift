import Ledger
import LedgerJobs
import LedgerStore
import TestSupport
import Testing

@Suite("Windows open when they begin")
struct OpenWindowsTests {
    private static let policy = """
        envelopes:
          - { name: daily, per: [agent_id], meter: cost, limit: "10", window: { every: day } }
          - { name: idle, match: { project: none }, meter: cost, limit: "10", window: { every: day } }
          - { name: hourly, meter: cost, limit: "10000", window: { every: hour } }
          - name: credits
            per: [user_id]
            meter: cost
            limit: "10"
            window: { every: day, at: "09:00", time_zone: Europe/Paris }
            rollover: { up_to: "6", expires_in: 12h }
        """
    private static let events =
        "SELECT envelope || ' ' || (data->>'keys') || ' ' || (data->>'missed') || ' ' || (data->'window'->>'start') FROM events WHERE kind = 'window.opened' ORDER BY made_at, 1"
    /// What a balance and its adjustments say, without what differs from run to run.
    private static let rows = """
        SELECT concat_ws(' ', b.envelope, b.names, b."values", b.window_start, b.window_end, b.limit_amount, b.held, b.spent, b.version, b.adjusted,
               b.next_expiry, b.changed_at, (SELECT string_agg(concat_ws(' ', a.kind, a.amount, a.expires_at, a.made_at, a.version, a.limits), ',' ORDER BY a.version)
               FROM adjustments a WHERE a.org_id = b.org_id AND a.balance_id = b.id))
        FROM balances b WHERE b.envelope IN ('daily', 'credits') ORDER BY 1
        """

    @Test("each window is opened once, for the keys that were in use; the first is no news, and missed ones are counted")
    func once() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await ledger.runDue()
            #expect(try ledger.database.texts(Self.events) == [])
            #expect(try ledger.database.number("SELECT count(*) FROM window_openings") == 3)
            for agent in ["a", "b"] { _ = try await ledger.commit(ledger.hold("4", ["agent_id": agent, "user_id": agent]), "4") }
            // Refused: its balance is there, but nothing was booked.
            #expect(try await ledger.reserve("11", ["agent_id": "c", "user_id": "c"]).name == "exhausted")
            try await ledger.advance(seconds: 14 * 3_600)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { _ = try await ledger.store.windows.openDue() } }
                try await group.waitForAll()
            }
            #expect(try ledger.database.texts(Self.events) == ["daily 2 0 2026-11-22T00:00:00Z", "idle 0 0 2026-11-22T00:00:00Z"])
            try await ledger.advance(seconds: 3 * 86_400)
            try await ledger.runDue()
            let later = try ledger.database.texts(Self.events).dropFirst(2)
            #expect(
                later.sorted() == [
                    "credits 3 2 2026-11-24T08:00:00Z", "daily 0 2 2026-11-25T00:00:00Z", "idle 0 2 2026-11-25T00:00:00Z",
                ])
            try await ledger.store.feed.publish()
            #expect(
                try ledger.database.number("SELECT count(*) FROM feed_entries f JOIN events e ON e.id = f.event_id WHERE e.kind = 'window.opened'")
                    == 5)
            #expect(try ledger.database.number("SELECT count(*) FROM balances WHERE envelope = 'hourly'") == 1)
        }
    }

    @Test("a window that the job opened and one that a call opened leave the same rows")
    func sameRows() async throws {
        var texts: [[String]] = []
        for opensEarly in [true, false] {
            try await TestLedger.with(policy: Self.policy) { ledger in
                try await ledger.runDue()
                for agent in ["a", "b"] {
                    _ = try await ledger.commit(ledger.hold("7.000000001", ["agent_id": agent, "user_id": agent]), "7.000000001")
                }
                for _ in 0..<4 {
                    try await ledger.advance(seconds: 86_400)
                    if opensEarly { try await ledger.runDue() }
                    for agent in ["a", "b"] { _ = try await ledger.hold("1", ["agent_id": agent, "user_id": agent], ttlSeconds: 3_600) }
                    _ = try await ledger.store.holds.expireDue()
                }
                texts.append(try ledger.database.texts(Self.rows))
            }
        }
        #expect(texts[0].count == 20)
        #expect(texts[0] == texts[1])
    }

    @Test("an envelope that cuts otherwise now starts anew, without news")
    func changedRule() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await ledger.runDue()
            _ = try await ledger.hold("1", ["agent_id": "a", "user_id": "u"])
            try await ledger.advance(seconds: 86_400)
            try await ledger.apply(Self.policy.replacing("{ name: daily, per: [agent_id]", with: "{ name: daily, per: [user_id]"))
            try await ledger.runDue()
            #expect(try ledger.database.texts(Self.events).contains { $0.hasPrefix("daily") } == false)
            #expect(try ledger.database.number("SELECT count(*) FROM window_openings WHERE envelope = 'daily'") == 2)
        }
    }

    @Test("windows that turned before anybody kept a record of them are told, with those that were missed")
    func upgrade() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            _ = try await ledger.hold("1", ["agent_id": "a", "user_id": "u"])
            try await ledger.advance(seconds: 3 * 86_400)
            try await ledger.runDue()
            #expect(try ledger.database.texts(Self.events).contains("daily 1 2 2026-11-24T00:00:00Z"))
        }
    }

    @Test("more keys than a page has, and credit that expired, are no obstacle")
    func pages() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await ledger.runDue()
            let calls = (0..<300).map { LedgerStore.Operation.reserve(ledger.call("1", ["agent_id": "\($0)", "user_id": "\($0 % 40)"])) }
            #expect(try await ledger.atOnce(calls)["admitted"] == 300)
            for day in 1...2 {
                try await ledger.advance(seconds: 86_400)
                try await ledger.runDue()
                // Only the first day was in use.
                #expect(try ledger.database.number("SELECT count(*) FROM balances WHERE envelope = 'daily'") == 600)
                #expect(try ledger.database.number("SELECT count(*) FROM balances WHERE envelope = 'credits'") == Int64(40 * (day + 1)))
            }
        }
    }

    @Test("an organisation that cannot be read does not stop the others, and the job says so")
    func broken() async throws {
        try await TestLedger.with(policy: Self.policy) { ledger in
            try await ledger.runDue()
            let other = try await TestLedger.makeOrganisation("broken", store: ledger.store)
            _ = try await ledger.store.policies.apply([PolicyFile(text: Self.policy)], author: "t", message: "", organisation: other.id)
            try ledger.database.run("UPDATE policy_versions SET source = 'envelopes: 1' WHERE org_id = '\(other.id)'")
            try ledger.database.run("UPDATE org_epochs SET policy = policy + 1 WHERE org_id = '\(other.id)'")
            try await ledger.advance(seconds: 86_400)
            try await ledger.runDue()
            let schedule = try await ledger.schedule("open-windows")
            #expect(schedule.lastState == .failed && schedule.lastError?.contains("'broken'") == true)
            #expect(try ledger.database.texts(Self.events).count == 3)
            ledger.log.forget()
        }
    }
}
