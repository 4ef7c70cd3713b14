import Postgres
import Synchronization

/// One PostgreSQL for all tests that do not kill theirs; each test has a database of its own in it.
enum SharedPostgres {
    private static let started = Task { () throws -> ManagedCluster in
        var settings = ClusterSettings()
        settings.durable = false
        settings.sharedBuffers = "128MB"
        let cluster = ManagedCluster(dataDirectory: try TestFolder().path, settings: settings)
        try await cluster.start()
        return cluster
    }
    private static let databases = Atomic(0)

    /// The connection string of a new, empty database.
    static func database() async throws -> String {
        let settings = ConnectionSettings(try await started.value.connectionString)
        let name = "e2e_\(databases.add(1, ordering: .relaxed).newValue)"
        let session = try Session.connect(settings)
        defer { session.close() }
        try session.run("CREATE DATABASE \(name)", timeout: .seconds(60))
        return settings.replacing(database: name).connectionString
    }

    /// The processes of the server.
    static func server() async throws -> PostgresServer {
        guard let process = try await started.value.postmasterPID else { throw Failure("the shared PostgreSQL is gone") }
        return PostgresServer(postmaster: process)
    }
}
