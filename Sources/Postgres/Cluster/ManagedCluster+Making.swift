internal import Foundation
internal import Logging

extension ManagedCluster {
    /// Open for the server's user to pass, whatever the caller's umask says. Folders that are there stay as they are.
    func makeDataDirectory() throws(PostgresError) {
        var missing: [String] = []
        var path = paths.dataDirectory
        while path != "/", access(path, F_OK) != 0 {
            missing.append(path)
            path = URL(fileURLWithPath: path).deletingLastPathComponent().path
        }
        for path in missing.reversed() {
            if mkdir(path, 0o755) != 0 {
                guard errno == EEXIST else { throw ServerUser.failure(path) }
            } else if chmod(path, 0o755) != 0 {
                throw ServerUser.failure(path)
            }
        }
    }

    /// Makes the cluster in a folder of another name and gives it its name when it is complete.
    func makeCluster(_ user: ServerUser, _ startLock: FileLock) throws(PostgresError) {
        let binaries = try ServerBinaries.find(major: nil)
        try removeRemains()
        try user.makePrivateDirectory(paths.newCluster)
        var words = user.prefix + [binaries.initdb, "--pgdata=\(paths.newCluster)", "--username=postgres"]
        words += ["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--no-locale"]
        words += ["--data-checksums", "--no-instructions"]
        if !settings.durable { words.append("--no-sync") }
        logger.info("a PostgreSQL cluster is made", metadata: ["path": "\(paths.cluster)"])
        // It keeps the lock if this process dies, so that the next one does not sweep away what it still writes.
        let command = Command(words, directory: paths.newCluster, inherited: startLock.descriptor)
        let answer = try command.run(timeout: Self.patience)
        guard answer.status == 0 else { throw PostgresError(.cluster, "initdb failed", detail: answer.text) }
        try include(settingsFile: "purser.conf", in: paths.newCluster + "/postgresql.conf")
        guard rename(paths.newCluster, paths.cluster) == 0 else {
            throw PostgresError(
                .cluster, "\(paths.cluster) is there but no PostgreSQL cluster: move it away",
                detail: String(cString: strerror(errno)))
        }
        try sync(directory: paths.dataDirectory)
    }

    /// Writes the settings. A server that runs keeps those with which it was started.
    func writeSettings(_ user: ServerUser) throws(PostgresError) {
        let text = settings.rendered(socketDirectory: paths.sockets)
        do {
            try text.write(toFile: paths.settingsFile, atomically: true, encoding: .utf8)
        } catch {
            throw PostgresError(.cluster, "\(paths.settingsFile) cannot be written: \(error)")
        }
        guard chmod(paths.settingsFile, 0o600) == 0 else { throw ServerUser.failure(paths.settingsFile) }
        try user.adopt(paths.settingsFile)
    }

    private func removeRemains() throws(PostgresError) {
        guard access(paths.newCluster, F_OK) == 0 else { return }
        do {
            try FileManager.default.removeItem(atPath: paths.newCluster)
        } catch {
            throw PostgresError(.cluster, "\(paths.newCluster), half made, cannot be removed: \(error)")
        }
    }

    private func include(settingsFile: String, in path: String) throws(PostgresError) {
        let file = Foundation.open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard file >= 0 else { throw ServerUser.failure(path) }
        defer { close(file) }
        let line = Array("\ninclude '\(settingsFile)'\n".utf8)
        guard write(file, line, line.count) == line.count, fsync(file) == 0 else { throw ServerUser.failure(path) }
    }

    private func sync(directory: String) throws(PostgresError) {
        let folder = Foundation.open(directory, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw ServerUser.failure(directory) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw ServerUser.failure(directory) }
    }
}
