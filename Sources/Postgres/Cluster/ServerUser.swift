internal import Foundation

/// The user of the operating system as whom the server runs: the caller, or `postgres` in place of root, as whom
/// PostgreSQL refuses to run.
struct ServerUser {
    let id: uid_t
    let group: gid_t
    /// What to put before a command to run it as this user; nothing for the caller himself.
    let prefix: [String]

    private static let replacement = "postgres"

    static func current() throws(PostgresError) -> ServerUser {
        guard geteuid() == 0 else { return ServerUser(id: geteuid(), group: getegid(), prefix: []) }
        guard let entry = getpwnam(replacement) else {
            throw PostgresError(
                .cluster,
                "PostgreSQL does not run as root, and the user \(replacement) does not exist: create it, "
                    + "or run this program as another user")
        }
        return ServerUser(id: entry.pointee.pw_uid, group: entry.pointee.pw_gid, prefix: try commandPrefix())
    }

    private static func commandPrefix() throws(PostgresError) -> [String] {
        if let setpriv = ServerBinaries.inPath("setpriv") {
            return [setpriv, "--reuid=\(replacement)", "--regid=\(replacement)", "--init-groups"]
        }
        if let runuser = ServerBinaries.inPath("runuser") {
            return [runuser, "-u", replacement, "--"]
        }
        throw PostgresError(
            .cluster,
            "PostgreSQL does not run as root, and neither setpriv nor runuser (util-linux) is there to change the user")
    }

    var isCaller: Bool { prefix.isEmpty }

    /// Makes a folder that only this user may enter.
    func makePrivateDirectory(_ path: String) throws(PostgresError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw Self.failure(path) }
        if !isCaller, lchown(path, id, group) != 0 { throw Self.failure(path) }
        var status = stat()
        guard lstat(path, &status) == 0 else { throw Self.failure(path) }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == id else {
            throw PostgresError(.cluster, "\(path) is no folder of the server's user: remove it")
        }
        guard chmod(path, 0o700) == 0 else { throw Self.failure(path) }
    }

    /// Gives a file to this user.
    func adopt(_ path: String) throws(PostgresError) {
        if !isCaller, lchown(path, id, group) != 0 { throw Self.failure(path) }
    }

    /// An error that says what to do if the server could not enter the folder in which it is to live.
    func checkReach(_ directory: String) throws(PostgresError) {
        guard !isCaller, let test = ServerBinaries.inPath("test") else { return }
        let command = Command(prefix + [test, "-x", directory], directory: "/")
        guard try command.run(timeout: .seconds(10)).status == 0 else {
            throw PostgresError(
                .cluster,
                "the user \(Self.replacement), as whom the server runs, cannot reach \(directory): "
                    + "set PURSER_DATA_DIR to a directory that it can reach")
        }
    }

    static func failure(_ path: String) -> PostgresError {
        PostgresError(.cluster, "\(path): \(String(cString: strerror(errno)))")
    }
}
