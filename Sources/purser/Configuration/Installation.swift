import Foundation
import LedgerStore
import Logging
import Postgres

/// The database behind a command: the one that is configured, or the managed cluster.
struct Installation: Sendable {
    let connectionString: String
    let cluster: ManagedCluster?
    let logger: Logger

    /// How long a command waits for a database that is not there yet.
    private static let patience: Duration = .seconds(60)

    /// Finds the database, and starts the managed cluster if that is what is used. `close` when done.
    ///
    /// - Parameter makesCluster: whether a managed cluster is made where there is none. Whoever looks for data that is there would only find
    ///   an empty ledger in a new one.
    /// - Throws: `SettingsError` where there is none, and none is to be made.
    static func open(_ settings: Settings, makesCluster: Bool, logger: Logger) async throws -> Installation {
        guard settings.databaseURL == nil else {
            return Installation(connectionString: settings.databaseURL ?? "", cluster: nil, logger: logger)
        }
        let cluster = ManagedCluster(dataDirectory: settings.dataDirectory, logger: logger)
        guard makesCluster || cluster.isMade else {
            throw SettingsError(
                "no database here: \(settings.dataDirectory) holds none; give the PURSER_DATA_DIR or the DATABASE_URL of your server")
        }
        try await cluster.start()
        return Installation(connectionString: cluster.connectionString, cluster: cluster, logger: logger)
    }

    /// Runs `body` with the installation, and closes it whatever happens.
    static func with<Result>(
        _ settings: Settings, makesCluster: Bool = false, _ body: (Installation) async throws -> Result
    ) async throws -> Result {
        let installation = try await open(settings, makesCluster: makesCluster, logger: Log.make(settings.logLevel))
        do {
            let result = try await body(installation)
            await installation.close()
            return result
        } catch {
            await installation.close()
            throw error
        }
    }

    /// Runs `body` with the ledger of an installation, for a command that is not the server.
    static func withStore<Result>(_ settings: Settings, _ body: (Store) async throws -> Result) async throws -> Result {
        try await with(settings) { installation in
            let store = try await installation.store(settings)
            do {
                let result = try await body(store)
                await store.close()
                return result
            } catch {
                await store.close()
                throw error
            }
        }
    }

    func close() async { await cluster?.stop() }

    /// Brings the schema up to date; waits for a database that is still starting.
    func migrate() async throws -> [Migration] {
        let deadline = ContinuousClock.now.advanced(by: Self.patience)
        while true {
            do {
                return try Store.migrate(connectionString: connectionString)
            } catch let error as PostgresError where error.isConnectionLoss && ContinuousClock.now < deadline {
                logger.notice("waiting for the database", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// The ledger for a command that is not the server: up to date, with few connections.
    func store(_ settings: Settings) async throws -> Store {
        _ = try await migrate()
        let store = Store(
            connectionString: connectionString,
            options: Store.Options(poolSize: 2, clockMode: settings.testClock ? .test : .database), logger: logger)
        try await store.start()
        return store
    }
}
