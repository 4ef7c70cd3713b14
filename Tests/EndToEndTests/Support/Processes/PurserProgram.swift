import Foundation

/// The program under test, with the settings that all its commands of one installation share.
struct PurserProgram: Sendable {
    let folder: TestFolder
    let environment: [String: String]

    /// An installation over a database that is there, or with a managed cluster in a data directory.
    init(folder: TestFolder, databaseURL: String? = nil, dataDirectory: String? = nil, adminKey: String? = nil, settings: [String: String] = [:]) {
        self.folder = folder
        let own = ProcessInfo.processInfo.environment
        var environment = ["PATH": own["PATH"] ?? "/usr/bin:/bin", "PURSER_HOST": "127.0.0.1", "PURSER_PORT": "0"]
        environment["LD_LIBRARY_PATH"] = own["LD_LIBRARY_PATH"]
        environment["DATABASE_URL"] = databaseURL
        environment["PURSER_DATA_DIR"] = dataDirectory
        environment["PURSER_ADMIN_KEY"] = adminKey
        self.environment = environment.merging(settings) { _, setting in setting }
    }

    func start(_ words: [String]) throws -> ChildProcess {
        try ChildProcess([try Options.binary()] + words, environment: environment, folder: folder, name: words.first ?? "purser")
    }

    /// Runs a command to its end.
    func run(_ words: String...) async throws -> (status: Int32, output: String) {
        let process = try start(words)
        let status = try await process.end()
        return (status, process.output + process.errors)
    }
}
