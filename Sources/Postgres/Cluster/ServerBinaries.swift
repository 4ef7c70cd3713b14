internal import Foundation

/// The programs of a PostgreSQL server.
struct ServerBinaries {
    static let oldestMajor = 15

    let directory: String
    let major: Int

    var initdb: String { directory + "/initdb" }
    var pgCtl: String { directory + "/pg_ctl" }

    /// The programs of one major version, or without one the newest.
    static func find(major: Int?) throws(PostgresError) -> ServerBinaries {
        let found = try candidates().sorted { $0.major > $1.major }
        if let match = found.first(where: { major == nil || $0.major == major }) { return match }
        if let major {
            throw PostgresError(
                .cluster,
                "the cluster is of PostgreSQL \(major), whose server is not installed: install postgresql-\(major)")
        }
        throw PostgresError(
            .cluster,
            "no PostgreSQL server, version \(oldestMajor) or newer, is installed: install one (on Debian the package "
                + "postgresql), or set DATABASE_URL to a server elsewhere")
    }

    /// The full path of a command.
    static func inPath(_ name: String) -> String? {
        searchPath.map { $0 + "/" + name }.first { access($0, X_OK) == 0 }
    }

    private static var searchPath: [String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map(String.init) + ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
    }

    private static func candidates() throws(PostgresError) -> [ServerBinaries] {
        var found: [ServerBinaries] = []
        var seen: Set<String> = []
        let directories = searchPath + versioned("/usr/lib/postgresql", "/bin") + versioned("/opt/homebrew/opt", "/bin")
        for directory in directories where seen.insert(directory).inserted {
            let programs = ["postgres", "initdb", "pg_ctl"].map { directory + "/" + $0 }
            guard programs.allSatisfy({ access($0, X_OK) == 0 }) else { continue }
            let answer = try Command([programs[0], "--version"], directory: "/").run(timeout: .seconds(10))
            guard answer.status == 0, let major = major(of: answer.text), major >= oldestMajor else { continue }
            found.append(ServerBinaries(directory: directory, major: major))
        }
        return found
    }

    private static func versioned(_ parent: String, _ suffix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        return names.map { parent + "/" + $0 + suffix }
    }

    /// 15 of `postgres (PostgreSQL) 15.8 (Debian 15.8-1)`.
    private static func major(of text: String) -> Int? {
        text.split(separator: " ").lazy.compactMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }.first
    }
}
