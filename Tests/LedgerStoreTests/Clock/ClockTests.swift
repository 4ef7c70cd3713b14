import Foundation
import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Clocks")
struct ClockTests {
    @Test("the test clock stands still, goes on when it is told to, and never back")
    func testClock() async throws {
        try await LedgerDatabase.with { database in
            try await RunningStore.with(database) { (store) async throws in
                let start = try #require(Timestamp(rfc3339: LedgerDatabase.start))
                #expect(store.clock.now() == start)
                #expect(try await store.testClock.advance(to: start.adding(seconds: 10)))
                #expect(store.clock.now() == start.adding(seconds: 10))
                #expect(try await !store.testClock.advance(to: start.adding(seconds: 9)))
                #expect(store.clock.now() == start.adding(seconds: 10))
                #expect(try await store.testClock.advance(to: start.adding(seconds: 10)))
                // It survives a restart, and another replica sees it.
                try await RunningStore.with(database) { (other) async throws in
                    #expect(other.clock.now() == start.adding(seconds: 10))
                    #expect(try await store.testClock.advance(to: start.adding(seconds: 20)))
                    #expect(try await other.testClock.refresh() == start.adding(seconds: 20))
                }
            }
        }
    }

    @Test("a new installation's test clock begins with the present, in whole seconds")
    func newTestClock() async throws {
        try await LedgerDatabase.with { database in
            try database.run("DELETE FROM test_clock")
            try await RunningStore.with(database) { store in
                #expect(store.clock.now().microseconds % 1_000_000 == 0)
                let present = try database.number("SELECT extract(epoch FROM now())")
                #expect(abs(store.clock.now().seconds - present) < 60)
            }
        }
    }

    @Test("without a test clock the time is the database's, and goes on")
    func databaseClock() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10"), options: RunningStore.databaseClock) { ledger in
            let before = try ledger.number("SELECT extract(epoch FROM clock_timestamp()) * 1000000")
            let id = try await ledger.hold("1")
            let after = try ledger.number("SELECT extract(epoch FROM clock_timestamp()) * 1000000")
            let opened = try #require(try await ledger.store.reservations.find(id, of: ledger.organisation.id)).openedAt.microseconds
            #expect(before <= opened && opened <= after)
            #expect(id.time.microseconds / 1_000 == opened / 1_000)
        }
    }

    @Test("an estimate is corrected by what is observed")
    func estimate() {
        let database = StoreClock(.database)
        let ahead = database.now().adding(seconds: 3_600)
        database.observe(ahead)
        let estimate = database.now()
        #expect(estimate >= ahead && estimate < ahead.adding(seconds: 60))
        // Readings are late by what they took to arrive, so one that says more is kept, for a while.
        func offset(after readings: [(ahead: Int64, machine: Int64)]) -> Int64 {
            let clock = StoreClock(.database)
            for (ahead, machine) in readings { clock.observe(Timestamp(microseconds: machine + ahead), machine: machine) }
            let system = Int64(Date.now.timeIntervalSince1970 * 1_000_000)
            return (clock.now().microseconds - system + 30_000_000) / 60_000_000
        }
        let minute: Int64 = 60_000_000
        #expect(offset(after: [(20 * minute, 0), (10 * minute, 2_999_999)]) == 20)
        #expect(offset(after: [(20 * minute, 0), (10 * minute, 3_000_000)]) == 10)
        #expect(offset(after: [(10 * minute, 0), (20 * minute, 1), (15 * minute, 3_000_000)]) == 20)
        #expect(offset(after: [(20 * minute, 5), (10 * minute, 0)]) == 10, "this machine's clock was set back")
        let test = StoreClock(.test)
        test.observe(Timestamp(seconds: 5))
        #expect(test.now() == Timestamp(seconds: 5))
        // Read before somebody advanced it, and observed after.
        test.observe(Timestamp(seconds: 4))
        #expect(test.now() == Timestamp(seconds: 5))
    }

    @Test("the end of time is refused before the clock stands there, where no month could be made any more")
    func endOfTime() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10")) { ledger in
            _ = try await ledger.store.testClock.advance(to: Timestamp(seconds: 253_402_300_799))
            let outcome = try? await ledger.reserve("1")
            withKnownIssue("December 9999 has no partition, its end cannot be written; the clock cannot go back") {
                #expect(outcome?.name == "admitted")
            }
            ledger.log.forget()
        }
    }
}
