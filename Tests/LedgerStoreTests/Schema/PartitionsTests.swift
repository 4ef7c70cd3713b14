import Ledger
import Postgres
import TestSupport
import Testing

@testable import LedgerStore

@Suite("Months")
struct PartitionsTests {
    private static func at(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    @Test("the months of some holds are read from their ids, whole and half-open")
    func months() throws {
        let ids = try ["2026-11-30T23:59:59.999999Z", "2027-01-01T00:00:00Z"].map { Identifier.fresh(at: try Self.at($0)) }
        let months = Partitions.months(of: ids)
        #expect(months.start.description == "2026-11-01T00:00:00Z" && months.end.description == "2027-02-01T00:00:00Z")
        #expect(Partitions.months(of: [ids[0]]).end.description == "2026-12-01T00:00:00Z")
    }

    @Test("ids that somebody made up overflow nothing")
    func madeUp() {
        for id in [Identifier.none, Identifier(high: .max, low: .max), Identifier(high: .max << 16, low: 0)] {
            let months = Partitions.months(of: [id, Identifier(high: 1, low: 1)])
            #expect(months.start < months.end)
        }
        #expect(Partitions.months(of: []).start < Partitions.months(of: []).end)
    }

    @Test("the statements name every partitioned table and month, across the turn of a year")
    func statements() throws {
        let statements = Partitions.statements(from: try Self.at("2026-12-31T23:59:59Z"), ahead: 1)
        #expect(statements.count == 2 * Partitions.tables.count)
        let text = try #require(statements.first { $0.contains("settlements_2027_01") })
        #expect(text.contains("FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00')"))
    }

    @Test("the tables are those that the catalogue calls partitioned")
    func tables() async throws {
        try await LedgerDatabase.with { database in
            let partitioned = try database.texts("SELECT partrelid::regclass::text FROM pg_partitioned_table ORDER BY 1")
            #expect(partitioned == Partitions.tables.sorted())
        }
    }

    @Test("many who make the same months at once all succeed")
    func atOnce() async throws {
        try await LedgerDatabase.with { database in
            let time = try Self.at("2040-01-15T00:00:00Z")
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<6 {
                    tasks.addTask {
                        let owner = try database.owner()
                        defer { owner.close() }
                        try Partitions.create(from: time, ahead: 3, in: owner)
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(try database.number("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'reservations\\_2040%'") == 4)
        }
    }
}
