import Foundation
import NIOCore
import Postgres
import Testing

extension EndToEnd {
    /// A log is taken once, however often the server that reads it is killed.
    @Suite
    struct ImportTests {
        private struct Import: Decodable, Sendable {
            let id: String
            let state: String
            let lines: Int
            let taken: Int
            let resumed: Int
            let alreadyThere: Int
            let refused: Int
            let cost: String
        }

        private struct RefusedLine: Decodable, Sendable, Hashable {
            let line: Int
            let place: String
        }

        private static let lines = 20_000

        /// Every thousandth line is wrong.
        private static let log: String = {
            var text = "time,model,cost,input_tokens,output_tokens,team_id,workflow_name,run_id\n"
            for number in 0..<lines {
                let time = Moment(microseconds: 1_795_000_000_000_000).adding(seconds: Int64(number))
                let cost = number % 1_000 == 500 ? "much" : "0.000\(number % 9 + 1)"
                text += "\(time),gpt-5,\(cost),\(number % 700),3,team-\(number % 4),flow-\(number % 11),run-\(number / 9)\n"
            }
            return text
        }()

        /// In units of 0.0001.
        private static let units = (0..<lines).filter { $0 % 1_000 != 500 }.reduce(0) { $0 + $1 % 9 + 1 }
        private static let taken = lines - lines / 1_000

        private static func send(_ client: APIClient, key: String) async throws -> Answer {
            try await client.send(
                .post, "/v1/imports?format=csv&name=yesterday", body: log, type: "text/csv", idempotencyKey: key, timeout: .seconds(300))
        }

        private static func number(_ sql: String, _ session: Session) throws -> Int64 {
            try session.execute(Statement(sql, "SELECT (\(sql))::int8")).int8(0, 0)
        }

        @Test
        func aLogIsTakenOnceHoweverOftenItsServerIsKilled() async throws {
            let folder = try TestFolder()
            defer { folder.remove() }
            let database = try await SharedPostgres.database()
            let program = PurserProgram(folder: folder, databaseURL: database, adminKey: Replicas.adminKey)
            let session = try Session.connect(ConnectionSettings(database))
            defer { session.close() }
            var seen: [Int64] = []
            for goal in [2_000, 5_000] as [Int64] {
                let server = try await PurserServer.start(program)
                let client = server.client
                async let cutOff = try? Self.send(client, key: "yesterday")
                try await eventually("\(goal) lines are taken", within: .seconds(120)) {
                    try Self.number("SELECT count(*) FROM imported_calls", session) >= goal
                }
                let progress: [Import] = try await client.all("/v1/imports")
                #expect(progress.first.map { $0.state == "reading" && $0.taken > 0 } == true)
                try await server.kill()
                _ = await cutOff
                seen.append(try Self.number("SELECT count(*) FROM imported_calls", session))
            }
            #expect(seen.allSatisfy { $0 < Self.taken }, "it was killed in the middle")

            let server = try await PurserServer.start(program)
            let done: Import = try await Self.send(server.client, key: "yesterday").decoded(201)
            #expect(done.state == "done" && done.lines == Self.lines && done.taken == Self.taken && done.refused == Self.lines / 1_000)
            #expect(Int64(done.resumed) == seen.last && done.alreadyThere == 0)
            let again: Import = try await Self.send(server.client, key: "another-name").decoded(201)
            #expect(again.id != done.id && again.taken == 0 && again.alreadyThere == Self.taken)

            for table in ["imported_calls", "usage_hourly", "usage_daily", "usage_hours", "run_usage", "import_usage", "import_runs"] {
                #expect(try Self.number("SELECT sum(cost) FROM \(table)", session) == Int64(Self.units) * 100_000, "\(table)")
            }
            #expect(try Self.number("SELECT count(*) FROM imported_calls", session) == Self.taken)
            #expect(try Self.number("SELECT count(*) FROM balances", session) == 0)
            let refused: [RefusedLine] = try await server.client.all("/v1/imports/\(done.id)/refused")
            #expect(refused.map(\.line) == (0..<Self.lines / 1_000).map { $0 * 1_000 + 502 } && refused.allSatisfy { $0.place == "cost" })
            #expect(try await server.client.get("/v1/imports/\(done.id)/report").status == 200)
            let policy = try await server.client.get("/v1/imports/\(done.id)/policy")
            try await server.client.apply(policy: policy.body)

            let verification = try await program.run("verify")
            #expect(verification.status == 0 && verification.output.contains("\(Self.taken) imported calls"), "\(verification.output)")
            #expect(try await server.terminate() == 0)
        }

        @Test
        func theCommandTakesAFileOnceNamesWhatItRefusesAndWritesAPolicyThatLintAccepts() async throws {
            let folder = try TestFolder()
            defer { folder.remove() }
            let program = PurserProgram(folder: folder, databaseURL: try await SharedPostgres.database(), adminKey: Replicas.adminKey)
            let (file, policy) = (folder.path + "/gateway.csv", folder.path + "/policy/new")
            try Self.log.prefix(200_000).write(toFile: file, atomically: true, encoding: .utf8)
            let server = try await PurserServer.start(program)
            let first = try await program.run("import", file, "--policy", policy + "/starter.yaml")
            #expect(first.status == 2 && first.output.contains("line 502: cost"), "\(first.output)")
            #expect(try await program.run("policy", "lint", policy).status == 0)
            let again = try await program.run("import", file)
            #expect(again.output.contains("of them before this start"), "\(again.output)")
            #expect(try await server.client.all("/v1/imports", of: Import.self).count == 1)
            #expect(try await program.run("import", folder.path + "/none.csv").status != 0)
            #expect(try await program.run("policy", "lint", policy + "/starter.yaml").output.contains("give the folder"))
            let elsewhere = PurserProgram(folder: folder, dataDirectory: folder.path + "/elsewhere")
            for words in [["import", file], ["verify"], ["keys", "list"], ["policy", "plan", policy]] {
                let process = try elsewhere.start(words)
                #expect(try await process.end() != 0 && process.errors.contains("no database here"), "\(words) \(process.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/elsewhere"), "no cluster was made")
            #expect(try await server.terminate() == 0)
        }
    }
}
