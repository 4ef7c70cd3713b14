import Foundation
import Testing

extension EndToEnd {
    /// `purser demo` against a server: what has to be stopped is, and the demo says so.
    @Suite
    struct DemoTests {
        private static func serve(_ policy: String, _ body: (PurserProgram, PurserServer) async throws -> Void) async throws {
            let folder = try TestFolder()
            defer { folder.remove() }
            let program = PurserProgram(folder: folder, databaseURL: try await SharedPostgres.database(), adminKey: Replicas.adminKey)
            let server = try await PurserServer.start(
                program, ["--policy", "\(Options.packageRoot)/policies/\(policy)", "--prices", "\(Options.packageRoot)/prices/sample.json"])
            do {
                try await body(program, server)
            } catch {
                try await server.kill()
                throw error
            }
            #expect(try await server.terminate() == 0)
        }

        @Test
        func theBreakersStopWhatTheyShouldAndNothingElse() async throws {
            try await Self.serve("demo") { program, server in
                let (status, output) = try await program.run("demo", "--url", server.client.url, "--pace", "0")
                #expect(status == 0, "\(output)")
                for line in [
                    "demo-support: 12 calls", "by demo-failing-tool: ", "by demo-draft-cost: ", "waited for a person, and finished",
                    "Everything was stopped that had to be, and nothing else.",
                ] { #expect(output.contains(line), "\(line) is not in\n\(output)") }
                #expect(!output.contains("\u{1B}"), "no terminal, no control characters")
                // Its keys are revoked again.
                let keys = try await server.client.get("/v1/keys").body
                #expect(!keys.contains("\"name\":\"demo gateway\",\"revoked_at\":null"))
                let verification = try await program.run("verify")
                #expect(verification.status == 0, "\(verification.output)")
            }
        }

        @Test
        func withoutItsPolicyOrItsServerItSaysWhatToDo() async throws {
            try await Self.serve("coding-agents") { program, server in
                let (status, output) = try await program.run("demo", "--url", server.client.url)
                #expect(status != 0)
                #expect(output.contains("make demo") && output.contains("purser policy apply policies/demo"), "\(output)")
                let unknown = try await program.run("demo", "--url", server.client.url, "--key", "pk_default_" + String(repeating: "x", count: 40))
                #expect(unknown.status != 0 && unknown.output.contains("does not know this key"), "\(unknown.output)")
                let silent = try await program.run("demo", "--url", "http://127.0.0.1:1")
                #expect(silent.status != 0 && silent.output.contains("make run"), "\(silent.output)")
                let wrong = try await program.run("demo", "--url", "ftp://here")
                #expect(wrong.status != 0 && wrong.output.contains("is no address of a server"), "\(wrong.output)")
            }
        }
    }
}
