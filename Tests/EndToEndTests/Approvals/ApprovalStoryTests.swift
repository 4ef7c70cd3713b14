import Foundation
import Testing

extension EndToEnd {
    /// An agent hits the gate, waits, and goes on the moment a person answers.
    @Suite
    struct ApprovalStoryTests {
        private static let policy = """
            contacts: { lead@example.com: [slack-lead] }
            envelopes:
              - { name: research, owner: lead@example.com, per: [project], meter: cost, limit: "100", window: { every: month }, plan: [ { at: 100, do: require_approval } ] }
            """

        private static func call(_ run: String, _ cost: String, user: String = "u1") -> Call {
            Call(["project": "p1", "agent_id": "reader", "run_id": run, "user_id": user], cost: cost)
        }

        /// Two replicas with a clock that stands, an envelope that is full, and keys for the people of the story.
        private struct Office {
            let replicas: Replicas
            let gateway: APIClient
            let ada: APIClient

            var admin: APIClient { replicas.first }

            static func with(_ body: (Office) async throws -> Void) async throws {
                try await Replicas.with(2, "--test-clock") { replicas in
                    try await replicas.first.apply(policy: policy)
                    let gateway = try await key(replicas.first, "\"role\":\"gateway\"")
                    let ada = try await key(replicas.first, "\"role\":\"approver\",\"name\":\"ada\"")
                    let office = Office(replicas: replicas, gateway: gateway, ada: replicas.clients[1].with(key: ada.key))
                    let full = try await gateway.reserve(call("warm-up", "100"), key: "full").decoded(201, as: HoldAnswer.self)
                    _ = try await gateway.commit(full.id, "{\"cost\":\"100\"}")
                    try await body(office)
                    try await replicas.expectSound()
                }
            }

            static func key(_ admin: APIClient, _ members: String) async throws -> APIClient {
                admin.with(key: try await admin.send(.post, "/v1/keys", body: "{\(members)}").decoded(201, as: KeyAnswer.self).key)
            }

            func ask(_ call: Call) async throws -> Answer { try await gateway.reserve(call, key: UUID().uuidString) }

            /// The approval that a call has to wait for.
            func gate(_ call: Call) async throws -> String {
                let answer = try await ask(call)
                let problem: ProblemAnswer = try answer.decoded(403)
                guard problem.type == "/problems/approval-required", let id = problem.approvalId else { throw Failure("no approval: \(answer)") }
                return id
            }

            func find(_ id: String, wait: Int = 0) async throws -> ApprovalView {
                try await gateway.get("/v1/approvals/\(id)?wait=\(wait)").decoded(200)
            }

            func approve(_ id: String, _ members: String, by key: APIClient? = nil) async throws -> Answer {
                try await (key ?? ada).send(.post, "/v1/approvals/\(id)/approve", body: "{\(members)}")
            }

            func reject(_ id: String, by key: APIClient? = nil) async throws -> Answer {
                try await (key ?? ada).send(.post, "/v1/approvals/\(id)/reject", body: "{\"reason\":\"not this month\"}")
            }
        }

        @Test
        func anAgentWaitsGoesOnAndStopsAtTheNewLimit() async throws {
            try await Office.with { office in
                let id = try await office.gate(Self.call("r1", "4"))
                async let waiting = office.find(id, wait: 60)
                // The approver sees it in the list, from the other replica, and grants a part.
                let pending: [ApprovalView] = try await office.ada.all("/v1/approvals?state=pending&run_id=r1")
                #expect(pending.map(\.id) == [id] && pending.first?.requested.value == 4_000_000_000)
                let granted = try await office.approve(id, "\"amount\":\"6.5\",\"reason\":\"finish the survey\"").decoded(200, as: ApprovalView.self)
                #expect(granted.state == "approved" && granted.decidedBy == "ada" && granted.amount?.value == 6_500_000_000)
                let woken = try await waiting
                #expect(woken.state == "approved" && woken.decisionReason == "finish the survey")

                let first = try await office.ask(Self.call("r1", "4")).decoded(201, as: HoldAnswer.self)
                _ = try await office.gateway.commit(first.id, "{\"cost\":\"3.5\"}")
                _ = try await office.ask(Self.call("r1", "3")).decoded(201, as: HoldAnswer.self)
                let next = try await office.gate(Self.call("r1", "0.01"))
                #expect(next != id, "the gate closed again, and asks anew")
                #expect(try await office.gate(Self.call("r2", "1")) != next, "another run asks for itself")

                // The history of the grant tells who gave it, and what was drawn; the envelope stands as it stood.
                let lines: [HistoryLineView] = try await office.admin.all("/v1/balances/\(try #require(woken.grantBalanceId))/history")
                #expect(lines.map(\.kind) == ["hold", "commit", "hold", "grant"])
                #expect(lines.last?.author == "ada" && lines.last?.reason == "finish the survey")
                let balances = try await office.admin.balances("research")
                #expect(Set(balances.map { $0.spent.value }) == [100_000_000_000, 3_500_000_000])
            }
        }

        @Test
        func theRestOfAGrantIsTakenBackWhenItsTimeIsOver() async throws {
            try await Office.with { office in
                let id = try await office.gate(Self.call("r1", "4"))
                _ = try await office.approve(id, "\"amount\":\"10\",\"expires_in_seconds\":600,\"reason\":\"ten minutes\"").decoded(
                    200, as: ApprovalView.self)
                _ = try await office.ask(Self.call("r1", "4")).decoded(201, as: HoldAnswer.self)
                try await office.admin.advance(to: try await office.admin.now().adding(seconds: 600))
                #expect(try await office.gate(Self.call("r1", "4")) != id)
            }
        }

        @Test
        func aRejectedRunStaysStoppedUntilTheWindowEnds() async throws {
            try await Office.with { office in
                let id = try await office.gate(Self.call("r1", "4"))
                async let waiting = office.find(id, wait: 60)
                #expect(try await office.reject(id).decoded(200, as: ApprovalView.self).state == "rejected")
                #expect(try await waiting.state == "rejected")
                let answer = try await office.ask(Self.call("r1", "4"))
                let refused: ProblemAnswer = try answer.decoded(402)
                #expect(refused.type == "/problems/envelope-exhausted" && refused.approvalId == id)
                let resets = try #require(refused.violations?.first?.resetsAt.flatMap(Moment.init))
                try await office.admin.advance(to: resets)
                _ = try await office.ask(Self.call("r1", "4")).decoded(201, as: HoldAnswer.self)
            }
        }

        @Test
        func aQuestionThatNobodyAnswersEndsAndWhoWaitsHears() async throws {
            try await Office.with { office in
                let id = try await office.gate(Self.call("r1", "4"))
                let end = try #require(Moment(try await office.find(id).expiresAt))
                async let waiting = office.find(id, wait: 60)
                try await office.admin.advance(to: end)
                #expect(try await waiting.state == "expired")
                #expect(try await office.approve(id, "\"reason\":\"late\"").status == 409)
            }
        }

        @Test
        func whoMayNotAnswerChangesNothing() async throws {
            try await Office.with { office in
                let id = try await office.gate(Self.call("r1", "4", user: "eve"))
                let reason = "\"reason\":\"please\""
                let finance = try await Office.key(office.admin, "\"role\":\"finance\"")
                let eve = try await Office.key(office.admin, "\"role\":\"approver\",\"tags\":{\"user_id\":\"eve\"}")
                let small = try await Office.key(office.admin, "\"role\":\"approver\",\"approve_up_to\":\"3.99\"")
                let elsewhere = try await Office.key(office.admin, "\"role\":\"approver\",\"tags\":{\"project\":\"p2\"}")
                #expect(try await office.approve(id, reason, by: office.gateway).status == 403)
                #expect(try await office.approve(id, reason, by: finance).status == 403)
                #expect(try await office.approve(id, reason, by: eve).problem == "forbidden")
                #expect(try await office.approve(id, reason, by: small).problem == "forbidden")
                #expect(try await office.approve(id, reason, by: elsewhere).status == 404)
                #expect(try await office.approve(id, "").status == 422)
                // What the admin's own key asked for, somebody else approves.
                let own = try await office.admin.reserve(Self.call("r9", "4"), key: "own").decoded(403, as: ProblemAnswer.self)
                #expect(try await office.approve(try #require(own.approvalId), reason, by: office.admin).status == 403)
                #expect(try await office.find(id).state == "pending")
                #expect(try await office.approve(id, "\"amount\":\"3.99\",\(reason)", by: small).status == 200)
                let again = try await office.approve(id, reason)
                #expect(again.status == 409 && again.problem == "already-decided")
                #expect(try await office.reject(id).status == 409)
                #expect(try await office.admin.balances("research").count == 2)
            }
        }

        @Test
        func manyWaitForManyAnswers() async throws {
            try await Office.with { office in
                let ids = try await (0..<20).asyncMap { try await office.gate(Self.call("run-\($0)", "1")) }
                let states = try await withThrowingTaskGroup(of: String.self) { group in
                    for number in 0..<200 { group.addTask { try await office.find(ids[number % 20], wait: 60).state } }
                    for id in ids { #expect(try await office.approve(id, "\"reason\":\"go\"").status == 200) }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(states == Array(repeating: "approved", count: 200))
            }
        }
    }
}
