import ArgumentParser
import Foundation

/// Plays a fleet of agents.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play a fleet of well- and ill-behaved agents against a running server, told step by step.",
        discussion: """
            One agent does its work, one loops on a failing tool, one is hit by a model update that triples its cost, and one needs a
            person's approval. The server must run with policies/demo; `make demo` starts one. Ends with 0 if the breakers stopped
            what they had to, and nothing else.
            """)

    @Option(help: "Address of the server.") var url = "http://127.0.0.1:8080"
    @Option(help: "An admin key of the server; PURSER_ADMIN_KEY where it is left out.") var key: String?
    @Flag(help: "Wait for a person to answer the approval, instead of playing the approver.") var wait = false
    @Option(help: "Milliseconds between two steps of an agent, 0 to 10,000.") var pace = 150

    func run() async throws {
        guard (0...10_000).contains(pace) else { throw ValidationError("--pace is 0 to 10,000") }
        var key = key
        if key == nil { key = try await Settings.load().adminKey }
        guard let key else { throw ValidationError("name an admin key with --key or PURSER_ADMIN_KEY") }
        let report: DemoReport
        do {
            report = try await play(try DemoClient(url: url, key: key))
        } catch let error as DemoError {
            throw ValidationError("\(error)")
        }
        for line in report.lines { print(line) }
        if !report.failures.isEmpty { throw ExitCode(1) }
    }

    private func play(_ client: DemoClient) async throws -> DemoReport {
        let stage = try await DemoStage.set(client, waitsForPerson: wait)
        let agents = DemoAgent.fleet
        let screen = DemoScreen.ofProcess(agents: agents)
        screen.begin()
        let gateway = client.with(key: stage.gateway)
        let approver = DemoApprover(client: gateway, key: stage.approver, screen: screen)
        let suffix = String(UInt32.random(in: .min ... .max), radix: 36)
        let outcomes: [DemoOutcome]
        do {
            outcomes = try await withThrowingTaskGroup(of: DemoOutcome.self) { tasks in
                for agent in agents {
                    let run = DemoRun(
                        agent: agent, suffix: suffix, client: gateway, approver: approver, screen: screen, pace: .milliseconds(pace))
                    tasks.addTask { try await run.play() }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
        } catch {
            try? await stage.clear()
            throw error
        }
        try await stage.clear()
        return DemoReport(outcomes: agents.compactMap { agent in outcomes.first { $0.agent.name == agent.name } })
    }
}
