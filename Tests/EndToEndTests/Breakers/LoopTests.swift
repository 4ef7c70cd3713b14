import Foundation
import Postgres
import Testing

extension EndToEnd {
    /// A tool answers empty; the agent rewrites its prompt and calls again, as fast as it can. Two replicas see its calls.
    @Suite
    struct LoopTests {
        private static let policy = """
            envelopes:
              - { name: run-cost, per: [run_id], meter: cost, limit: "1000000", window: { every: run } }
            breakers:
              - { name: no-progress, on: run, when: { same_state: 10 }, do: suspend }
              - { name: error-loop, on: run, when: { tool_errors: 5 }, do: suspend }
            """

        private static func body(run: String, tool: Bool, state: String?) -> String {
            let target = tool ? "\"tool\":\"kb.search\"" : "\"model\":\"any\""
            let hash = state.map { ",\"state_hash\":\"\($0)\"" } ?? ""
            return "{\"tags\":{\"run_id\":\"\(run)\",\"agent_id\":\"triage\"},\(target),\"estimate\":{\"cost\":\"0.5\"}\(hash)}"
        }

        private struct Found {
            var admitted = 0
            var suspended = 0
            var rules: Set<String> = []
        }

        /// So many agents at once; each goes on for a while after it was refused.
        private static func loop(
            _ replicas: Replicas, agents: Int, runs: Int, _ step: @escaping @Sendable (APIClient, _ agent: Int, _ number: Int) async throws -> Answer
        ) async throws -> Found {
            let answers = try await withThrowingTaskGroup(of: [Answer].self) { group in
                for agent in 0..<agents {
                    let client = replicas.clients[agent % replicas.clients.count]
                    group.addTask {
                        var answers: [Answer] = []
                        var refused = 0
                        while refused < 4 {
                            let answer = try await step(client, agent, answers.count)
                            if answer.status != 201 { refused += 1 }
                            answers.append(answer)
                        }
                        return answers
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            var found = Found()
            for answer in answers {
                guard answer.status != 201 else {
                    found.admitted += 1
                    continue
                }
                let problem: ProblemAnswer = try answer.decoded(403)
                if problem.type == "/problems/suspended" || problem.type.hasSuffix("suspended") { found.suspended += 1 }
                if let rule = problem.reason { found.rules.insert(rule) }
            }
            #expect(found.admitted + found.suspended == answers.count)
            return found
        }

        /// `shared`: all agents work on one run; else each on its own.
        @Test(arguments: [1, 8, 64], [true, false])
        func noProgressIsStoppedExactly(agents: Int, shared: Bool) async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.first.apply(policy: Self.policy)
                let runs = shared ? 1 : agents
                let found = try await Self.loop(replicas, agents: agents, runs: runs) { client, agent, number in
                    let body = Self.body(run: shared ? "r" : "r\(agent)", tool: false, state: "c0ffee")
                    let answer = try await client.send(.post, "/v1/reservations", body: body, idempotencyKey: "k-\(agent)-\(number)")
                    if answer.status == 201 {
                        let hold: HoldAnswer = try answer.decoded(201)
                        let end = try await client.commit(hold.id, "{\"cost\":\"0.5\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}")
                        #expect(end.status == 200, "a step that was admitted is booked: \(end)")
                    }
                    return answer
                }
                #expect(found.admitted == 10 * runs)
                try await Self.expectTables(replicas, runs: runs, perRun: 10, rule: "no-progress")
            }
        }

        /// One agent after another's answer: the tool answers empty five times, and the sixth call is the retry that is refused.
        @Test(arguments: [1, 8])
        func emptyAnswersAreStoppedAtTheRetry(agents: Int) async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.first.apply(policy: Self.policy)
                let found = try await Self.loop(replicas, agents: agents, runs: agents) { client, agent, number in
                    let body = Self.body(run: "r\(agent)", tool: true, state: "prompt-\(number)")
                    let answer = try await client.send(.post, "/v1/reservations", body: body, idempotencyKey: "k-\(agent)-\(number)")
                    if answer.status == 201 {
                        let hold: HoldAnswer = try answer.decoded(201)
                        #expect(try await client.commit(hold.id, "{\"cost\":\"0.5\",\"status\":\"empty\"}").status == 200)
                    }
                    return answer
                }
                #expect(found.admitted == 5 * agents)
                try await Self.expectTables(replicas, runs: agents, perRun: 5, rule: "error-loop")
            }
        }

        /// What the tables say: so many steps of each run, one suspension of each, and nothing held or opened after it.
        private static func expectTables(_ replicas: Replicas, runs: Int, perRun: Int, rule: String) async throws {
            let tables = try await replicas.expectSound()
            #expect(tables.reservations.count == runs * perRun)
            #expect(tables.balances.values.filter { $0.spent == Int64(perRun) * 500_000_000 && $0.held == 0 }.count == runs)
            let session = try Session.connect(ConnectionSettings(replicas.databaseURL))
            defer { session.close() }
            let number = { (name: String, sql: String) throws in try session.execute(Statement(name, sql)).int8(0, 0) }
            #expect(try number("opened", "SELECT count(*) FROM suspensions WHERE rule = '\(rule)'") == Int64(runs))
            #expect(try number("all_opened", "SELECT count(*) FROM suspensions") == Int64(runs))
            #expect(try number("told", "SELECT count(*) FROM events WHERE kind = 'suspension.opened'") == Int64(runs))
            let after = """
                SELECT count(*) FROM reservations r JOIN suspensions s ON s.org_id = r.org_id AND s.subject_id = r.tags ->> 'run_id'
                WHERE r.opened_at > s.opened_at
                """
            #expect(try number("after", after) == 0, "money after the trip")
        }
    }
}
