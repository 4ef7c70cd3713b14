internal import LedgerStore
internal import Postgres

/// One server for the whole test process, with one database in which the migrations ran. Tests copy that one.
enum TestCluster {
    static let template = "ledger_template"

    /// How to connect as superuser to a database that no test uses, once the template is there.
    private static let migrated = Task { () throws -> ConnectionSettings in
        let cluster = ManagedCluster(dataDirectory: try TestFolder.make(), settings: settings)
        try await cluster.start()
        let server = ConnectionSettings(cluster.connectionString)
        let session = try Session.connect(server)
        defer { session.close() }
        try session.run("CREATE DATABASE \(template)", timeout: .seconds(60))
        let made = server.replacing(database: template)
        _ = try Store.migrate(connectionString: made.connectionString)
        // A second time, for the partitions of the test clock's months.
        let owner = try Session.connect(made)
        try owner.run("INSERT INTO test_clock (id, now) VALUES (1, '\(LedgerDatabase.start)')")
        owner.close()
        _ = try Store.migrate(connectionString: made.connectionString)
        return server
    }

    /// Small, fast because nothing reaches the disk, and with room for all tests at once. A session that turns
    /// `synchronous_commit` on waits at COMMIT for a standby that never comes; its work is committed by then.
    private static var settings: ClusterSettings {
        var settings = ClusterSettings()
        settings.durable = false
        settings.sharedBuffers = "128MB"
        settings.maxConnections = 400
        settings.extra["synchronous_standby_names"] = "nobody"
        settings.extra["idle_in_transaction_session_timeout"] = "0"
        return settings
    }

    /// Sessions on threads of their own: making and dropping databases takes long, and the tasks of other tests must
    /// go on meanwhile.
    private static let administrators = Task { () throws -> Pool in
        Pool(try await migrated.value, size: 3, waitTimeout: .seconds(600))
    }

    /// How to connect as superuser to another database.
    static func settings(database: String) async throws -> ConnectionSettings { try await migrated.value.replacing(database: database) }

    /// Runs a statement about databases.
    static func administer(_ sql: String) async throws {
        try await administrators.value.withSession { try $0.run(sql, timeout: .seconds(120)) }
    }
}
