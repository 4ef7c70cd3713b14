import Foundation

/// A running `purser serve`.
final class PurserServer: Sendable {
    static let readyLine = "purser is ready on "

    let process: ChildProcess
    /// `http://127.0.0.1:…`
    let url: String
    let client: APIClient

    /// Starts a server and waits until it says that it is ready.
    ///
    /// - Parameter key: with which `client` calls; nil: the one that the server makes and prints.
    static func start(_ program: PurserProgram, _ arguments: [String] = [], key: String? = nil) async throws -> PurserServer {
        let process = try program.start(["serve"] + arguments)
        var url: String?
        try await eventually("purser is ready", within: .seconds(120)) {
            // The last line feed comes with the whole greeting, which is written at once.
            let output = process.output
            if output.hasSuffix("\n"), let line = output.split(separator: "\n").first(where: { $0.hasPrefix(readyLine) }) {
                url = String(line.dropFirst(readyLine.count))
            }
            guard url != nil || process.exitStatus == nil else { throw Failure("purser ended at once: \(process.errors.suffix(2_000))") }
            return url != nil
        }
        return PurserServer(process, url: url ?? "", key: key ?? program.environment["PURSER_ADMIN_KEY"])
    }

    private init(_ process: ChildProcess, url: String, key: String?) {
        self.process = process
        self.url = url
        client = APIClient(url: url, key: key ?? Self.printedKey(process.output) ?? "")
    }

    /// The admin key that a first start shows.
    static func printedKey(_ output: String) -> String? {
        output.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("pk_default_") }.map(String.init)
    }

    /// Asks it to stop and waits until it has.
    @discardableResult
    func terminate() async throws -> Int32 {
        process.signal(SIGTERM)
        return try await process.end()
    }

    /// Ends it without a word.
    func kill() async throws {
        process.signal(SIGKILL)
        _ = try await process.end()
    }
}
