internal import Ledger
internal import LedgerStore
internal import Postgres

extension TestLedger {
    /// A balance as its row stands.
    package struct Row: Equatable, Sendable, CustomStringConvertible {
        package let limit: Int64
        package let held: Int64
        package let spent: Int64
        package let version: Int64

        package init(limit: Int64, held: Int64, spent: Int64, version: Int64) {
            self.limit = limit
            self.held = held
            self.spent = spent
            self.version = version
        }

        package var description: String { "limit \(limit) held \(held) spent \(spent) version \(version)" }
    }

    /// The rows of an envelope's balances, in the order of their windows and values.
    package func rows(_ envelope: String) throws -> [Row] {
        let sql = """
            SELECT limit_amount, held, spent, version FROM balances WHERE envelope = '\(envelope)'
            ORDER BY window_start NULLS FIRST, "values"
            """
        return try database.query(sql) { rows in
            try (0..<rows.count).map { row in
                Row(limit: try rows.int8(row, 0), held: try rows.int8(row, 1), spent: try rows.int8(row, 2), version: try rows.int8(row, 3))
            }
        }
    }

    /// The only balance of an envelope: held and spent, in major units.
    package func standing(_ envelope: String) throws -> String {
        let rows = try rows(envelope)
        guard rows.count == 1 else { throw TestFailure("\(rows.count) balances of \(envelope)") }
        return "held \(Money(nanos: rows[0].held)) spent \(Money(nanos: rows[0].spent))"
    }

    package func number(_ sql: String) throws -> Int64 { try database.number(sql) }

    package func count(_ table: String) throws -> Int64 { try database.number("SELECT count(*) FROM \(table)") }

    /// What a verification of the organisation finds, read under the service's role.
    package func findings() throws -> [String] {
        let session = try database.service()
        defer { session.close() }
        return try Verifier.verify(organisation.id, in: session).findings.map(\.description)
    }

    /// Nothing contradicts itself, and the store complained of nothing.
    package func check() throws {
        let found = try findings()
        guard found.isEmpty else { throw TestFailure("the ledger contradicts itself: \(found.prefix(5))") }
        guard log.errors.isEmpty else { throw TestFailure("logged as errors: \(log.errors.prefix(5))") }
    }
}
