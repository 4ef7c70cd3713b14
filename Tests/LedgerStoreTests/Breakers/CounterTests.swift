import Ledger
@testable import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Counters of breakers in their table")
struct CounterTests {
    private static let policy = """
        breakers:
          - { name: no-progress, on: run, match: { environment: production }, when: { same_state: 10 }, do: suspend }
          - { name: steps, on: run, when: { steps: 5 }, do: alert }
          - { name: tool-storm, on: run, when: { tool_calls: { count: 100, within: 5m } }, do: suspend }
        """

    private static let run = Subject(kind: .run, id: "r")

    private static func step(_ ledger: TestLedger, state: String? = "x", tool: Bool = false) async throws -> String {
        var call = ledger.call("1", ["run_id": "r"], model: tool ? nil : "gpt-5")
        call.stateHash = state
        return try await ledger.submit(.reserve(call)).name
    }

    private static func reset(_ ledger: TestLedger, allowSteps: Int64?) throws {
        let session = try ledger.database.service()
        defer { session.close() }
        try session.transaction {
            try CounterReset.reset(run, allowSteps: allowSteps, of: ledger.organisation.id, at: ledger.now, in: $0)
        }
    }

    @Test("a reset forgets every counter of the subject and nobody else's")
    func reset() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for number in 0..<8 { _ = try await Self.step(ledger, tool: number.isMultiple(of: 2)) }
            _ = try await ledger.hold("1", ["run_id": "other"])
            #expect(try ledger.count("breaker_counters") == 5)
            try Self.reset(ledger, allowSteps: nil)
            #expect(
                try ledger.number(
                    """
                    SELECT count(*) FROM breaker_counters
                    WHERE subject_id = 'r' AND steps = 0 AND states = '' AND buckets = '' AND told = '' AND probation_left IS NULL
                    """) == 3)
            #expect(try ledger.number("SELECT count(*) FROM breaker_counters WHERE subject_id = 'other' AND steps = 1") == 2)
            for _ in 0..<8 { #expect(try await Self.step(ledger) == "admitted") }
            #expect(try ledger.number("SELECT count(*) FROM events WHERE kind = 'breaker.tripped'") == 2, "once before, once after")
        }
    }

    @Test("a subject on probation trips after its steps, though it had no counters before")
    func probation() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            try Self.reset(ledger, allowSteps: 3)
            for _ in 0..<3 { #expect(try await Self.step(ledger) == "admitted") }
            #expect(try ledger.number("SELECT probation_left FROM breaker_counters WHERE scope = '' AND tool IS NULL") == 0)
            #expect(try await Self.step(ledger) == "suspended")
        }
    }

    @Test("a probation ends with the call after the ends of its steps, also of those that were released or expired")
    func probationEnds() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            try Self.reset(ledger, allowSteps: 2)
            for end in [.release(reason: nil), .expire] as [SettleRequest.Action] {
                var call = ledger.call("1", ["run_id": "r"], ttlSeconds: 1)
                call.stateHash = "\(end)"
                let hold = try #require(try await ledger.submit(.reserve(call)).admitted)
                if case .expire = end { try await ledger.advance(seconds: 2) }
                #expect(try await Self.step(ledger, state: "\(end) goes on") == "admitted")
                #expect(try ledger.number("SELECT count(*) FROM breaker_counters WHERE probation_total IS NOT NULL") == 1, "not all have ended")
                _ = try await ledger.settle(hold.id, end)
            }
            #expect(try ledger.number("SELECT probation_pending FROM breaker_counters WHERE scope = '' AND tool IS NULL") == 0)
            #expect(try await Self.step(ledger, state: "c") == "admitted")
            #expect(try ledger.number("SELECT count(*) FROM breaker_counters WHERE probation_total IS NOT NULL") == 0)
        }
    }

    @Test("what was idle for thirty days is removed, and made anew by a lane that knew it")
    func retention() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for _ in 0..<4 { _ = try await Self.step(ledger) }
            try await ledger.advance(seconds: 20 * 86_400)
            _ = try await ledger.hold("1", ["run_id": "other"])
            #expect(try await ledger.store.idleCounters.remove(at: ledger.now) == 0)
            try await ledger.advance(seconds: 11 * 86_400)
            #expect(try await ledger.store.idleCounters.remove(at: ledger.now) == 2)
            #expect(try ledger.number("SELECT count(*) FROM breaker_counters WHERE subject_id = 'other'") == 2)
            #expect(try await Self.step(ledger) == "admitted")
            #expect(try ledger.number("SELECT steps FROM breaker_counters WHERE subject_id = 'r' AND scope = ''") == 1)
        }
    }

    @Test("updates of counters stay heap-only")
    func heapOnly() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for _ in 0..<4 { _ = try await Self.step(ledger) }
            let indexed = try ledger.number(
                """
                SELECT count(*) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
                WHERE i.indrelid = 'breaker_counters'::regclass
                  AND a.attname NOT IN ('org_id', 'id', 'subject_type', 'subject_id')
                """)
            #expect(indexed == 0)
        }
    }
}
