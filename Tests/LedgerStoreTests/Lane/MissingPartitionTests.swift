import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Months that nobody prepared")
struct MissingPartitionTests {
    private static let years: Int64 = 5 * 365 * 86_400

    @Test("the first reserve of a month far ahead makes the partitions itself")
    func reserve() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10")) { ledger in
            try await ledger.advance(seconds: Self.years)
            let id = try await ledger.hold("1")
            #expect(try await ledger.commit(id, "2").name == "committed")
            let names = try ledger.database.texts("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relname LIKE '%\\_2031\\_%' ORDER BY 1")
            for table in ["batches", "refusals", "reservations", "settlements"] {
                for month in ["2031_11", "2031_12"] { #expect(names.contains("\(table)_\(month)"), "\(names)") }
            }
            #expect(try ledger.number("SELECT count(*) FROM reservations_2031_11") == 1)
        }
    }

    @Test("so do the first direct charge and the first refusal")
    func others() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            try await ledger.advance(seconds: Self.years)
            #expect(try await ledger.charge("1").name == "committed")
            try await ledger.advance(seconds: Self.years)
            #expect(try await ledger.reserve("1000").name == "exhausted")
            #expect(try ledger.count("refusals") == 1)
        }
    }

    @Test("an expiry and a late charge years later go where the hold is")
    func late() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let id = try await ledger.hold("1")
            try await ledger.advance(seconds: Self.years)
            #expect(try await ledger.store.holds.expireDue().due == 1)
            #expect(try await ledger.commit(id, "2").name == "late")
            #expect(try ledger.number("SELECT count(*) FROM settlements_2026_11") == 2)
        }
    }

    @Test("two replicas that need them at once do each other no harm")
    func atOnce() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { first in
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                for _ in 0..<5 {
                    try await first.advance(seconds: 200 * 86_400)
                    _ = try await store.testClock.refresh()
                    async let one = first.atOnce((0..<10).map { _ in .reserve(first.call("1")) })
                    async let other = second.atOnce((0..<10).map { _ in .reserve(second.call("1")) })
                    #expect(try await one.merging(other, uniquingKeysWith: +) == ["admitted": 20])
                }
            }
        }
    }

    @Test("migrating makes this month's partitions and those of the next two, and again changes nothing")
    func migrate() async throws {
        try await LedgerDatabase.with { database in
            func partitions() throws -> Int64 {
                try database.number("SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relkind = 'r'")
            }
            let before = try partitions()
            #expect(try Store.migrate(connectionString: database.connectionString).isEmpty)
            #expect(try partitions() == before)
            for month in ["2026_11", "2026_12", "2027_01"] {
                #expect(try database.number("SELECT count(*) FROM pg_class WHERE relname = 'reservations_\(month)'") == 1)
            }
        }
    }
}
