package import LedgerStore
internal import Logging
package import ServiceLifecycle

/// A store whose write lanes run: one replica of the service, without its HTTP side.
package enum RunningStore {
    /// Lends a store that is started; it finishes its work and is closed afterwards.
    package static func with<R>(
        _ database: LedgerDatabase, _ options: Store.Options = testClock, log: LogRecorder = LogRecorder(),
        _ body: (Store) async throws -> R
    ) async throws -> R {
        let store = Store(connectionString: database.connectionString, options: options, logger: log.logger)
        try await store.start()
        let result = try await running(store.lanes, log: log) { try await body(store) }
        await store.close()
        return result
    }

    /// Lends the time in which a service runs, and ends it gracefully.
    package static func running<R>(_ service: any Service, log: LogRecorder, _ body: () async throws -> R) async throws -> R {
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [.init(service: service)], logger: log.logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: R
            do {
                result = try await body()
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    /// A small replica with a test clock.
    package static var testClock: Store.Options {
        Store.Options(poolSize: 4, operationTimeout: .seconds(30), clockMode: .test)
    }

    /// A small replica with the database's clock.
    package static var databaseClock: Store.Options {
        Store.Options(poolSize: 4, operationTimeout: .seconds(30), clockMode: .database)
    }
}
