import Foundation
import Testing

extension EndToEnd {
    /// What a newcomer sees: a server with a database of its own, a key, and three lines to paste.
    @Suite
    struct FirstMinutesTests {
        @Test
        func theThreeLinesWorkAndASecondStartFindsTheData() async throws {
            let folder = try TestFolder()
            defer { folder.remove() }
            let data = folder.path + "/data"
            let program = PurserProgram(folder: folder, dataDirectory: data)
            let root = Options.packageRoot
            let arguments = ["--policy", root + "/policies/support-automation", "--prices", root + "/prices/sample.json"]

            let first = try await PurserServer.start(program, arguments)
            let key = try #require(PurserServer.printedKey(first.process.output))
            #expect(first.process.output.components(separatedBy: "admin key, shown this once: \(key)\n").count == 2)
            let lines = first.process.output.split(separator: "\n").map(String.init).filter { $0.contains("curl ") }
            try #require(lines.count == 3)
            let reservation = try await paste(lines, folder)
            try await stop(first, data)

            let second = try await PurserServer.start(program, arguments, key: key)
            #expect(!second.process.output.contains(key))
            #expect(PurserServer.printedKey(second.process.output) == nil)
            #expect(try await second.client.reservation(reservation).state == "committed")
            try await stop(second, data)
        }

        /// Runs the lines as they are, in one shell, and checks what they show. Answers the hold's id.
        private func paste(_ lines: [String], _ folder: TestFolder) async throws -> String {
            let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
            let shell = try ChildProcess(["/bin/bash", "-c", lines.joined(separator: "\n")], environment: environment, folder: folder, name: "bash")
            #expect(try await shell.end() == 0)
            let shown = shell.output.split(separator: "\n").map { Answer(status: 200, headers: [:], body: String($0)) }
            try #require(shown.count == 3, "\(shell.output) \(shell.errors)")
            let hold: HoldAnswer = try shown[0].decoded(200)
            let settlement: SettlementAnswer = try shown[1].decoded(200)
            let balances: Page<BalanceView> = try shown[2].decoded(200)
            #expect(hold.state == "held")
            #expect(hold.held.cost == 9_500_000)
            #expect(settlement.id == hold.id && settlement.state == "committed")
            #expect(settlement.charged?.cost == 7_875_000)
            #expect(balances.data.map(\.spent.value) == [7_875_000])
            #expect(balances.data.map(\.held.value) == [0])
            return hold.id
        }

        private func stop(_ server: PurserServer, _ data: String) async throws {
            let postgres = try #require(PostgresServer(cluster: data + "/postgres"))
            #expect(try await server.terminate() == 0)
            #expect(!ProcessTable.isAlive(postgres.postmaster), "PostgreSQL outlives the server that started it")
            #expect(!FileManager.default.fileExists(atPath: data + "/postgres/postmaster.pid"))
        }
    }
}
