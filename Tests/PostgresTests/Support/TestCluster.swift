import Postgres
import Synchronization

/// One server for the whole test process; every test makes a database of its own in it.
enum TestCluster {
    private static let started = Task { () throws -> ManagedCluster in
        let cluster = ManagedCluster(dataDirectory: try TestFolder.make(), settings: settings)
        try await cluster.start()
        return cluster
    }

    private static let databases = Atomic(0)

    /// For servers that live for a test: small, and fast because nothing reaches the disk.
    static var settings: ClusterSettings {
        var settings = ClusterSettings(durable: false)
        settings.sharedBuffers = "32MB"
        return settings
    }

    /// The server that all tests share.
    static func shared() async throws -> ManagedCluster { try await started.value }

    /// A new, empty database.
    static func database() async throws -> ConnectionSettings {
        let settings = ConnectionSettings(try await shared().connectionString)
        let name = "test_\(databases.add(1, ordering: .relaxed).newValue)"
        let session = try Session.connect(settings)
        try session.run("CREATE DATABASE \(name)", timeout: .seconds(60))
        session.close()
        return settings.replacing(database: name)
    }

    /// A session for tests that make no tables, with a database that they share.
    static func tablelessSession() async throws -> Session {
        try Session.connect(ConnectionSettings(try await shared().connectionString))
    }

    /// A session with a new, empty database.
    static func session() async throws -> Session { try Session.connect(try await database()) }
}
