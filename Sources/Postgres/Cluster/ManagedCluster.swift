internal import Foundation
public import Logging

/// A PostgreSQL cluster of the program's own: in `<dataDirectory>/postgres`, reachable through a socket beside it whose
/// folder only the server's user may enter, with the superuser `postgres` and a database `purser`.
///
/// Several processes may use it at once. Whoever comes first starts the server, whoever leaves last stops it; after a
/// kill -9 it runs on, and the next one finds it. Started by root, the server runs as the user `postgres`. Work is done
/// on a thread of its own, one call at a time.
public actor ManagedCluster {
    let paths: ClusterPaths
    let settings: ClusterSettings
    let logger: Logger
    private let executor = ThreadExecutor(name: "postgres-cluster")
    /// Held from ``start()`` to ``stop()``.
    private var inUse: FileLock?

    /// How long making, starting or stopping may take, recovery after a crash included.
    static let patience = Duration.seconds(300)

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Names a cluster; does nothing yet. A relative `dataDirectory` is below the working directory.
    public init(
        dataDirectory: String,
        settings: ClusterSettings = ClusterSettings(),
        logger: Logger = Logger(label: "postgres.cluster")
    ) {
        paths = ClusterPaths(dataDirectory: dataDirectory, port: settings.port)
        self.settings = settings
        self.logger = logger
    }

    /// For ``ConnectionSettings``: the socket's folder, the superuser and the database `purser`.
    public nonisolated var connectionString: String { connectionString(database: "purser") }

    nonisolated func connectionString(database: String) -> String {
        let host = ConnectionOptions.quoted(paths.sockets)
        return "host=\(host) port=\(settings.port) user=postgres dbname=\(database)"
    }

    /// Whether the cluster was made; whether its server runs is another matter.
    public nonisolated var isMade: Bool { FileManager.default.fileExists(atPath: paths.versionFile) }

    /// The server's process, as `postmaster.pid` has it; nil if no server of this cluster runs.
    public nonisolated var postmasterPID: Int32? {
        guard let file = PostmasterFile(cluster: paths.cluster), file.isServer(of: paths.cluster) else { return nil }
        return file.process
    }

    /// Makes the cluster if it is not there, starts its server unless it runs, and takes part in its use.
    ///
    /// Throws ``PostgresError/Code/cluster`` with what to do about it. Calling it again is the same as
    /// ``ensureRunning()``.
    public func start() throws(PostgresError) {
        guard inUse == nil else { return try ensureRunning() }
        try makeDataDirectory()
        let deadline = Deadline(after: Self.patience)
        let startLock = try FileLock(paths.startLock, .exclusive, until: deadline)
        defer { startLock.release() }
        let lock = try FileLock(paths.inUseLock, .shared, until: deadline)
        try bringUp(startLock, until: deadline)
        inUse = lock
    }

    /// Starts the server again if it died. Cheap while it runs, so it may be called every second. Does nothing before
    /// ``start()`` and after ``stop()``.
    public func ensureRunning() throws(PostgresError) {
        guard inUse != nil, postmasterPID == nil else { return }
        logger.warning("the PostgreSQL server is gone; it is started again")
        let deadline = Deadline(after: Self.patience)
        let startLock = try FileLock(paths.startLock, .exclusive, until: deadline)
        defer { startLock.release() }
        try bringUp(startLock, until: deadline)
    }

    /// Ends the use, and stops the server if nobody else uses it. What goes wrong is logged.
    public func stop() {
        guard let lock = inUse else { return }
        inUse = nil
        defer { lock.release() }
        do throws(PostgresError) {
            // Nobody begins to use the server between the look and the stop.
            let startLock = try FileLock(paths.startLock, .exclusive, until: Deadline(after: Self.patience))
            defer { startLock.release() }
            guard lock.tryLock(.exclusive) else {
                logger.info("the PostgreSQL server is left running, for others use it")
                return
            }
            if postmasterPID != nil { try shutDown() }
        } catch {
            logger.error("the PostgreSQL server could not be stopped", metadata: ["error": "\(error)"])
        }
    }
}
