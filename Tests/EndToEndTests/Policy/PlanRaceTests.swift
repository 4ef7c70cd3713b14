import Testing

extension EndToEnd {
    /// Many calls at once at two replicas: what a plan does once, it does once.
    @Suite
    struct PlanRaceTests {
        private static let noon = "2030-10-30T12:00:00Z"

        /// Runs all calls at once, by turns at each replica.
        private func all<Result: Sendable>(
            _ count: Int, _ replicas: Replicas, _ call: @escaping @Sendable (APIClient, Int) async throws -> Result
        ) async throws -> [Result] {
            try await withThrowingTaskGroup(of: Result.self) { group in
                for number in 0..<count {
                    let client = replicas.clients[number % replicas.clients.count]
                    group.addTask { try await call(client, number) }
                }
                var results: [Result] = []
                for try await result in group { results.append(result) }
                return results
            }
        }

        private func story(_ policy: String, ceilings: [String: Int64] = [:], body: (Story) async throws -> Void) async throws {
            try await Replicas.with(2, "--test-clock") { replicas in
                let story = Story(replicas: replicas)
                try await story.advance(to: Self.noon)
                try await story.client.importPrices(
                    "{\"dear\":{\"input_cost_per_token\":2e-3,\"output_cost_per_token\":0},\"cheap\":{\"input_cost_per_token\":1e-3,\"output_cost_per_token\":0}}"
                )
                try await story.client.apply(policy: policy)
                try await body(story)
                try await replicas.expectSound(ceilings: ceilings)
            }
        }

        /// Calls of two euros to a hundred, then of one to a hundred and twenty.
        @Test
        func aPlanIsFollowedToTheCallAndTellsOnce() async throws {
            let policy = """
                tiers: [premium, economy]
                models: { dear: { tier: premium, downgrade_to: cheap }, cheap: { tier: economy } }
                envelopes:
                  - name: e
                    meter: cost
                    limit: "100"
                    plan: [ { at: 80, do: alert }, { at: 100, do: downgrade, to: economy }, { at: 120, do: refuse } ]
                """
            try await story(policy, ceilings: ["e": 120]) { story in
                let answers = try await all(200, story.replicas) { client, number in
                    try await client.reserve(Call(["agent_id": "a\(number)"], model: "dear", input: 1_000, output: 0), key: "k\(number)")
                }
                let holds = try answers.filter { $0.status == 201 }.map { try $0.decoded(201, as: HoldAnswer.self) }
                #expect(holds.filter { $0.decision == "allow" && $0.model == "dear" && $0.held.cost == 2_000_000_000 }.count == 50)
                #expect(holds.filter { $0.decision == "downgrade" && $0.model == "cheap" && $0.held.cost == 1_000_000_000 }.count == 20)
                #expect(answers.filter { $0.problem == "envelope-exhausted" }.count == 130)
                #expect(try await story.alerts("e").map(\.percent) == [80])
                let envelope = try await story.envelope("e")
                #expect(envelope.recentEvents.map(\.kind).sorted() == ["alert", "route.downgraded"])
                #expect(try await story.balance("e")?.held.value == 120_000_000_000)
            }
        }

        @Test
        func whoeverOpensAWindowCreditIsCarriedOnce() async throws {
            let policy = """
                envelopes:
                  - name: e
                    per: [user_id]
                    meter: cost
                    limit: "10"
                    window: { every: day }
                    rollover: { up_to: "4" }
                """
            try await story(policy) { story in
                for user in 0..<20 { try await story.spend(Call(["user_id": "u\(user)"], cost: "\(user % 10)")) }
                for (day, isTouched) in [("2030-10-31T00:00:00Z", true), ("2030-11-03T00:00:00Z", false)] {
                    try await story.advance(to: day)
                    let limits = try await all(120, story.replicas) { client, number in
                        let hold = try await client.reserve(Call(["user_id": "u\(number % 20)"], cost: "0.01"), key: "\(day)-\(number)")
                            .decoded(201, as: HoldAnswer.self)
                        return "\(number % 20): \(hold.envelopes.first?.limit.value ?? 0)"
                    }
                    let expected = (0..<20).map { user in
                        let carried = isTouched ? min(4, 10 - Int64(user % 10)) : 4
                        return "\(user): \((10 + carried) * 1_000_000_000)"
                    }
                    #expect(Set(limits) == Set(expected))
                }
                let balances = try await story.client.balances("e")
                // The day of noon, the next, and two that nobody touched before the last.
                #expect(balances.count == 100)
                for balance in balances where balance.window.start != "2030-10-30T00:00:00Z" {
                    #expect(try await story.history(balance).filter { $0.kind == "carry" }.count == 1)
                }
            }
        }

        @Test
        func aRunAsksOnceAndAnAgentIsSuspendedOnce() async throws {
            let policy = """
                envelopes:
                  - { name: ask, match: { project: ask }, meter: cost, limit: "0", plan: [ { at: 100, do: require_approval } ] }
                  - name: stop
                    match: { project: stop }
                    per: [agent_id]
                    meter: cost
                    limit: "10"
                    plan: [ { at: 100, do: refuse }, { at: 150, do: suspend } ]
                """
            try await story(policy) { story in
                let asked = try await all(40, story.replicas) { client, number in
                    let call = Call(["project": "ask", "run_id": "r\(number % 4)"], cost: "1")
                    return try await client.reserve(call, key: "ask-\(number)").decoded(403, as: ProblemAnswer.self).approvalId.map {
                        "\(number % 4): \($0)"
                    }
                }
                #expect(Set(asked.compactMap { $0 }).count == 4 && !asked.contains(nil))
                #expect(try await story.client.all("/v1/approvals", of: ApprovalView.self).count == 4)

                // Every call that begins after a charge was answered which passed the step is stopped, at both replicas.
                let booked = try await all(40, story.replicas) { client, number in
                    let call = Call(["project": "stop", "agent_id": "a"], cost: "1")
                    return try await client.charge(call.usageBody, key: "stop-\(number)").status
                }
                #expect(booked == Array(repeating: 201, count: 40))
                let stopped = try await story.replicas.clients.asyncMap { client in
                    try await client.reserve(Call(["project": "stop", "agent_id": "a"], cost: "1"), key: "after").decoded(403, as: ProblemAnswer.self)
                }
                #expect(stopped.map(\.type) == ["/problems/suspended", "/problems/suspended"])
                #expect(Set(stopped.map(\.suspensionId)).count == 1)
                #expect(try await story.envelope("stop").recentEvents.filter { $0.kind == "suspension.opened" }.count == 1)
            }
        }

        /// The charge that suspends binds the calls that begin when it is answered, wherever they go.
        @Test
        func aSuspensionBindsTheNextCallEverywhere() async throws {
            let policy = "envelopes: [ { name: e, per: [agent_id], meter: cost, limit: \"1\", plan: [ { at: 100, do: suspend } ] } ]"
            try await story(policy, ceilings: ["e": 1_000_000]) { story in
                try await story.replicas.underLoad(
                    call: { caller, count in
                        _ = try? await caller.client.reserve(Call(["agent_id": "other-\(count)"], cost: "0.01"), key: "\(caller.number)-\(count)")
                    },
                    {
                        for round in 0..<100 {
                            let (one, other) = (story.replicas.clients[round % 2], story.replicas.clients[(round + 1) % 2])
                            let call = Call(["agent_id": "a\(round)"], cost: "2")
                            #expect(try await other.reserve(Call(call.tags, cost: "0.5"), key: "before-\(round)").status == 201)
                            #expect(try await one.charge(call.usageBody, key: "charge-\(round)").status == 201)
                            let after = try await [one, other].asyncMap { try await $0.reserve(Call(call.tags, cost: "0.01"), key: "after-\(round)") }
                            #expect(after.map(\.problem) == ["suspended", "suspended"], "round \(round)")
                        }
                    })
            }
        }
    }
}
