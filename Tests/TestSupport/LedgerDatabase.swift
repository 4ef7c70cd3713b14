internal import Ledger
internal import LedgerStore
package import Postgres
internal import Synchronization

/// A migrated database of a test's own.
package struct LedgerDatabase: Sendable {
    /// Where the test clock of every new database stands.
    package static let start = "2026-11-21T10:00:00Z"

    private static let made = Atomic(0)
    /// So that a crowd of tests on a small machine does not run out of time.
    private static let places = Places(4)

    package let name: String
    /// As superuser, who owns the tables.
    package let settings: ConnectionSettings

    package var connectionString: String { settings.connectionString }

    /// Lends a copy of the migrated database; it is dropped afterwards.
    package static func with<R>(_ body: (LedgerDatabase) async throws -> R) async throws -> R {
        try await places.with { try await lend(body) }
    }

    private static func lend<R>(_ body: (LedgerDatabase) async throws -> R) async throws -> R {
        let name = "ledger_\(made.add(1, ordering: .relaxed).newValue)"
        try await TestCluster.administer("CREATE DATABASE \(name) TEMPLATE \(TestCluster.template)")
        let database = LedgerDatabase(name: name, settings: try await TestCluster.settings(database: name))
        do {
            let result = try await body(database)
            try await TestCluster.administer("DROP DATABASE \(name) WITH (FORCE)")
            return result
        } catch {
            try await TestCluster.administer("DROP DATABASE \(name) WITH (FORCE)")
            throw error
        }
    }

    // MARK: - SQL of single tests

    /// A session of the owner, who may do anything. The caller closes it.
    package func owner() throws -> Session {
        var settings = settings
        // Even where the database was told to wait for a standby.
        settings.setup.append("SET synchronous_commit = off")
        return try Session.connect(settings)
    }

    /// A session as the service has them. The caller closes it.
    package func service() throws -> Session { try Session.connect(Store.serviceSettings(settings.connectionString)) }

    /// Runs one or more statements as owner.
    package func run(_ sql: String) throws {
        let session = try owner()
        defer { session.close() }
        try session.run(sql)
    }

    /// Runs a statement in another database of the server.
    package func onServer(_ sql: String) async throws { try await TestCluster.administer(sql) }

    /// What a query answers, decoded by `body`.
    package func query<R>(_ sql: String, _ body: (Rows) throws -> R) throws -> R {
        let session = try owner()
        defer { session.close() }
        return try body(try session.execute(Statement(sql, sql)))
    }

    /// The one number that a query answers.
    package func number(_ sql: String) throws -> Int64 { try query("SELECT (\(sql))::int8") { try $0.int8(0, 0) } }

    /// The first column of a query, as texts.
    package func texts(_ sql: String) throws -> [String] {
        try query(sql) { rows in try (0..<rows.count).map { try rows.text($0, 0) } }
    }
}
