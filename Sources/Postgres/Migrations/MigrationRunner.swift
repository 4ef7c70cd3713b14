/// Runs the migrations that a database lacks, in order, each in its own transaction together with its row in
/// `schema_migrations`.
///
/// Any number of runners may start at once: the table's lock lets one work while the others wait, and no advisory lock
/// is needed, which a coordinator of shards would not carry.
public struct MigrationRunner: Sendable {
    private let migrations: [Migration]
    /// Bounds the wait for another runner, one migration of it at a time. Default 60 s.
    public var lockTimeout: Duration = .seconds(60)
    /// Bounds each migration. Default one hour.
    public var migrationTimeout: Duration = .seconds(3600)

    /// Makes a runner for all migrations that this program knows, in any order.
    public init(_ migrations: [Migration]) {
        self.migrations = migrations.sorted { $0.version < $1.version }
    }

    /// Applies what is missing and returns what this call applied.
    ///
    /// Throws ``PostgresError/Code/migration`` before anything is applied when two migrations have one version, when an
    /// applied one was changed since, or when the database has one that is not known here; and the server's error, with
    /// the migration named, when one fails. The migrations before the failed one stay.
    public func run(_ session: Session) throws(PostgresError) -> [Migration] {
        try checkVersions()
        if try !hasTable(session) { try createTable(session) }
        let states = try check(try applied(session), session)
        var done: [Migration] = []
        for state in states where state.appliedAt == nil {
            if try apply(state.migration, session) { done.append(state.migration) }
        }
        return done
    }

    /// What the database has of each migration. Changes nothing.
    ///
    /// Throws ``PostgresError/Code/migration`` when two migrations have one version or the database has one that is not
    /// known here.
    public func status(_ session: Session) throws(PostgresError) -> [MigrationStatus] {
        try checkVersions()
        guard try hasTable(session) else {
            return migrations.map { MigrationStatus(migration: $0, appliedAt: nil, checksumMatches: true) }
        }
        return try states(try applied(session), session)
    }

    private func checkVersions() throws(PostgresError) {
        for (first, second) in zip(migrations, migrations.dropFirst()) where first.version == second.version {
            throw PostgresError(
                .migration, "\(first.name) and \(second.name) both have version \(first.version): number one anew")
        }
    }

    private func hasTable(_ session: Session) throws(PostgresError) -> Bool {
        try session.execute(.migrationTable).bool(0, 0)
    }

    /// Two runners may both find the table missing; the loser of that race is told so by one of several errors.
    private func createTable(_ session: Session) throws(PostgresError) {
        do throws(PostgresError) {
            try session.run(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    version int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL
                )
                """,
                timeout: lockTimeout)
        } catch {
            guard error.code == .server, session.isUsable, try hasTable(session) else { throw error }
        }
    }

    private typealias Applied = [Int: (checksum: String, at: Int64)]

    private func applied(_ session: Session) throws(PostgresError) -> Applied {
        let rows = try session.execute(.appliedMigrations, timeout: lockTimeout)
        var applied: Applied = [:]
        for row in 0..<rows.count {
            applied[Int(try rows.int4(row, 0))] = (try rows.text(row, 1), try rows.timestamp(row, 2))
        }
        return applied
    }

    private func states(_ applied: Applied, _ session: Session) throws(PostgresError) -> [MigrationStatus] {
        let known = Set(migrations.map(\.version))
        if let unknown = applied.keys.filter({ !known.contains($0) }).max() {
            throw PostgresError(
                .migration,
                "the database has migration \(unknown), which this program does not know: deploy the newer program")
        }
        let checksums = try checksums(session)
        return zip(migrations, checksums).map { migration, checksum in
            let state = applied[migration.version]
            return MigrationStatus(
                migration: migration, appliedAt: state?.at,
                checksumMatches: state.map { $0.checksum == checksum } ?? true)
        }
    }

    private func check(_ applied: Applied, _ session: Session) throws(PostgresError) -> [MigrationStatus] {
        let states = try states(applied, session)
        for state in states where !state.checksumMatches {
            let migration = state.migration
            throw PostgresError(
                .migration,
                "migration \(migration.version) (\(migration.name)) was changed after it was applied: "
                    + "restore its text and put the change into a new migration")
        }
        return states
    }

    /// SHA-256 of each text, by the server, which has it at hand.
    private func checksums(_ session: Session) throws(PostgresError) -> [String] {
        var parameters = Parameters()
        parameters.byteaArray(migrations.map { Array($0.sql.utf8) })
        return try session.execute(.checksums, parameters).textArray(0, 0)
    }

    /// False if another runner was faster.
    private func apply(_ migration: Migration, _ session: Session) throws(PostgresError) -> Bool {
        do {
            return try session.transaction { session in
                try lock(session)
                let current = try applied(session)
                _ = try check(current, session)
                guard current[migration.version] == nil else { return false }
                try session.run(migration.sql, timeout: migrationTimeout)
                guard session.isInTransaction else {
                    throw PostgresError(.migration, "it ends its transaction: leave BEGIN and COMMIT out")
                }
                var parameters = Parameters()
                parameters.int4(Int32(migration.version))
                parameters.text(migration.name)
                parameters.bytes(migration.sql.utf8)
                _ = try session.execute(.recordMigration, parameters)
                return true
            }
        } catch let error as PostgresError {
            throw named(error, migration)
        } catch {
            throw PostgresError(.migration, "migration \(migration.version) (\(migration.name)): \(error)")
        }
    }

    private func lock(_ session: Session) throws(PostgresError) {
        do throws(PostgresError) {
            try session.run("LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE", timeout: lockTimeout)
        } catch  where error.code == .timedOut {
            throw PostgresError(.timedOut, "another runner held schema_migrations for more than \(lockTimeout)")
        }
    }

    private func named(_ error: PostgresError, _ migration: Migration) -> PostgresError {
        PostgresError(
            error.code,
            "migration \(migration.version) (\(migration.name)): \(error.message)",
            sqlState: error.sqlState,
            detail: error.detail,
            statementIndex: nil,
            closedSession: error.isConnectionLoss
        )
    }
}
