internal import Foundation
internal import Logging

extension ManagedCluster {
    /// Whatever state the cluster is in, afterwards its server runs and has the database. The caller holds the lock.
    func bringUp(_ startLock: FileLock, until deadline: Deadline) throws(PostgresError) {
        let user = try ServerUser.current()
        try user.checkReach(paths.dataDirectory)
        if access(paths.versionFile, F_OK) != 0 { try makeCluster(user, startLock) }
        try user.makePrivateDirectory(paths.sockets)
        while true {
            if postmasterPID == nil { try startServer(user, until: deadline) }
            if let session = try attach(until: deadline) { return try makeDatabase(session) }
        }
    }

    /// Stops the server: sessions are ended, what they committed is kept.
    func shutDown() throws(PostgresError) {
        let user = try ServerUser.current()
        let binaries = try ServerBinaries.find(major: try clusterMajor())
        let words = ["stop", "--pgdata=\(paths.cluster)", "--mode=fast", "--wait", "--timeout=60"]
        let answer = try run(binaries.pgCtl, words, user)
        guard answer.status == 0 else { throw PostgresError(.cluster, "pg_ctl stop failed", detail: answer.text) }
        logger.info("the PostgreSQL server is stopped")
    }

    private func startServer(_ user: ServerUser, until deadline: Deadline) throws(PostgresError) {
        let binaries = try ServerBinaries.find(major: try clusterMajor())
        // Backends of a killed server end by themselves; a new one refuses to start before that.
        while PostmasterFile.isInUse(paths.cluster), !deadline.hasPassed { usleep(20_000) }
        let stale = PostmasterFile(cluster: paths.cluster)
        stale?.clearIfStale(paths.cluster, sockets: paths.sockets, port: settings.port)
        try writeSettings(user)
        unlink(paths.startLog)
        let seconds = max(1, deadline.remaining.components.seconds)
        let words = ["start", "--pgdata=\(paths.cluster)", "--log=\(paths.startLog)", "--wait", "--timeout=\(seconds)"]
        let answer = try run(binaries.pgCtl, words, user)
        guard answer.status == 0 else {
            let reason = (try? String(contentsOfFile: paths.startLog, encoding: .utf8)) ?? ""
            throw PostgresError(
                .cluster,
                "the PostgreSQL server does not start; its log is in \(paths.logDirectory)",
                detail: (answer.text + "\n" + reason.suffix(2000)).trimmingTrailingNewlines)
        }
        logger.info("the PostgreSQL server is started", metadata: ["version": "\(binaries.major)"])
    }

    /// A session with the server, once it lets anybody in; nil if it went away meanwhile.
    private func attach(until deadline: Deadline) throws(PostgresError) -> Session? {
        while true {
            do throws(PostgresError) {
                let settings = ConnectionSettings(connectionString(database: "postgres"))
                return try Session.connect(settings)
            } catch {
                if postmasterPID == nil { return nil }
                guard !deadline.hasPassed else {
                    throw PostgresError(.cluster, "the PostgreSQL server lets nobody in", detail: error.message)
                }
                usleep(50_000)
            }
        }
    }

    private func makeDatabase(_ session: Session) throws(PostgresError) {
        defer { session.close() }
        let statement = Statement("database exists", "SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'purser')")
        guard try !session.execute(statement).bool(0, 0) else { return }
        try session.run("CREATE DATABASE purser", timeout: .seconds(60))
    }

    private func clusterMajor() throws(PostgresError) -> Int {
        let text = (try? String(contentsOfFile: paths.versionFile, encoding: .utf8)) ?? ""
        guard let major = Int(text.trimmingTrailingNewlines) else {
            throw PostgresError(.cluster, "\(paths.versionFile) names no version of PostgreSQL")
        }
        return major
    }

    private func run(
        _ program: String,
        _ words: [String],
        _ user: ServerUser
    ) throws(PostgresError) -> Command.Answer {
        // pg_ctl has its own time limit, which is the friendlier one.
        try Command(user.prefix + [program] + words, directory: paths.cluster).run(
            timeout: Self.patience + .seconds(30))
    }
}
