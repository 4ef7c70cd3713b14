import ArgumentParser
import Ledger
import LedgerStore
import Postgres

/// Brings the schema up to date.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring the database's schema up to date.")

    @Flag(help: "Only say what is applied and what is not.") var status = false

    func run() async throws {
        let settings = try await Settings.load()
        try await Installation.with(settings, makesCluster: !status) { installation in
            if !status {
                let applied = try await installation.migrate()
                for migration in applied { print("applied \(migration.version) \(migration.name)") }
                if applied.isEmpty { print("up to date") }
                return
            }
            let session = try Session.connect(ConnectionSettings(installation.connectionString))
            defer { session.close() }
            for line in try MigrationRunner(try Schema.migrations()).status(session) {
                let state = line.appliedAt.map { "applied \(Timestamp(microseconds: $0))" } ?? "not applied"
                print("\(line.migration.version) \(line.migration.name): \(state)\(line.checksumMatches ? "" : ", CHANGED since")")
            }
        }
    }
}
