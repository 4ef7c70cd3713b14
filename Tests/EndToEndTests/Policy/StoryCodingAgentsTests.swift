import Testing

extension EndToEnd {
    /// `policies/coding-agents`: a fleet of agents, some of which loop or run away.
    @Suite
    struct StoryCodingAgentsTests {
        private static let folder = "coding-agents"
        private static let start = "2030-11-01T14:00:00Z"
        private static let shadowed: [String: Int64] = ["repository-day": 1_000]

        private static func tags(_ agent: String, run: String, session: String? = nil) -> [String: String] {
            [
                "team_id": "web", "repository": "shop", "agent_id": agent, "session_id": session ?? "session-\(run)", "run_id": run,
            ]
        }

        private static func work(_ agent: String, run: String, cost: String, session: String? = nil) -> Call {
            Call(tags(agent, run: run, session: session), cost: cost, model: "gpt-5-mini")
        }

        @Test
        func aRunHasSoManyStepsTokensAndDollars() async throws {
            try await Story.with(Self.folder, from: Self.start, ceilings: Self.shadowed) { story in
                for _ in 0..<60 { try await story.spend(Self.work("a1", run: "looping", cost: "0.001")) }
                let steps = try await story.refusal(Self.work("a1", run: "looping", cost: "0.001"), 402)
                #expect(steps.violations?.map(\.envelope) == ["run-steps"] && steps.violations?.first?.resetsAt == nil)
                let big = Call(Self.tags("a1", run: "reading"), model: "gpt-5-mini", input: 1_900_000, output: 100_000)
                try await story.spend(big)
                let more = Call(Self.tags("a1", run: "reading"), model: "gpt-5-mini", input: 1, output: 0)
                #expect(try await story.refusal(more, 402).violations?.map(\.envelope) == ["run-tokens"])

                // Six of eight dollars: the rest of the run goes to a cheaper model, and ends at eight.
                let whole = Call(Self.tags("a1", run: "thinking"), cost: "6", model: "claude-sonnet-4-5")
                #expect(try await story.spend(whole).decision == "allow")
                let cheaper = try await story.spend(Call(Self.tags("a1", run: "thinking"), model: "claude-sonnet-4-5", input: 1_000, output: 1_000))
                #expect(cheaper.model == "claude-haiku-4-5" && cheaper.held.cost == 6_000_000)
                #expect(cheaper.reason == "'run-cost' passed 75 % of its limit: claude-haiku-4-5 instead of claude-sonnet-4-5")
                #expect(try await story.refusal(Self.work("a1", run: "thinking", cost: "1.995"), 402).violations?.map(\.envelope) == ["run-cost"])
                #expect(try await story.spend(Self.work("a1", run: "thinking", cost: "1.994")).decision == "allow")
            }
        }

        @Test
        func aSessionIsOneBudgetForAllItsRuns() async throws {
            try await Story.with(Self.folder, from: Self.start, ceilings: Self.shadowed) { story in
                for number in 1...5 { try await story.spend(Self.work("a\(number)", run: "r\(number)", cost: "6", session: "pairing")) }
                try await story.advance(to: "2031-02-01T00:00:00Z")
                let refused = try await story.refusal(Self.work("a9", run: "r9", cost: "0.01", session: "pairing"), 402)
                #expect(refused.violations?.map(\.envelope) == ["session-cost"] && refused.violations?.first?.resetsAt == nil)
                #expect(try await story.hold(Self.work("a9", run: "r9", cost: "0.01")).state == "held")
            }
        }

        @Test
        func anAgentThatSpendsOnAfterItsRefusalIsSuspended() async throws {
            try await Story.with(Self.folder, from: Self.start, ceilings: Self.shadowed) { story in
                for number in 1...5 { try await story.spend(Self.work("runaway", run: "r\(number)", cost: "7")) }
                // The last hold costs more than was asked for: the limit is passed now, and 60 dollars are not.
                try await story.commit(try await story.hold(Self.work("runaway", run: "r6", cost: "5")), cost: 6_000_000_000)
                #expect(try await story.refusal(Self.work("runaway", run: "r7", cost: "0.01"), 402).violations?.map(\.envelope) == ["agent-day"])
                // A refused estimate, however large, suspends nobody.
                #expect(try await story.refusal(Self.work("runaway", run: "r7", cost: "7.99"), 402).suspensionId == nil)
                try await story.advance(to: "2030-11-01T14:59:00Z")
                try await story.charge(Self.work("runaway", run: "r8", cost: "19"))
                #expect(try await story.ask(Self.work("runaway", run: "r7", cost: "0.01")).status == 402)
                try await story.charge(Self.work("runaway", run: "r9", cost: "0.01"))

                let problem = try await story.refusal(Self.work("runaway", run: "r10", cost: "0.01"), 403)
                #expect(problem.type == "/problems/suspended" && problem.suspensionId != nil)
                #expect(problem.subject == SubjectView(type: "agent", id: "runaway") && problem.since == "2030-11-01T14:59:00Z")
                #expect(problem.reason == "'agent-day' has spent more than 150 % of its limit within 3600 s of passing the limit")
                let again = try await story.refusal(Call(Self.tags("runaway", run: "r11"), tool: "shell"), 403)
                #expect(again.suspensionId == problem.suspensionId)
                let opened = try await story.envelope("agent-day").recentEvents.filter { $0.kind == "suspension.opened" }
                #expect(opened.map(\.data.subject) == [SubjectView(type: "agent", id: "runaway")])
                #expect(try await story.alerts("agent-day").map(\.playbook) == ["https://wiki.example.com/dev-platform/runaway-agent"])
                // The next day does not lift it, and the others work on.
                try await story.advance(to: "2030-11-02T14:00:00Z")
                #expect(try await story.ask(Self.work("runaway", run: "r12", cost: "0.01")).problem == "suspended")
                #expect(try await story.hold(Self.work("steady", run: "r13", cost: "0.01")).state == "held")
            }
        }

        @Test
        func slowOverspendingSuspendsNobody() async throws {
            try await Story.with(Self.folder, from: Self.start, ceilings: Self.shadowed) { story in
                try await story.charge(Self.work("slow", run: "r1", cost: "41"))
                try await story.advance(to: "2030-11-01T15:00:01Z")
                try await story.charge(Self.work("slow", run: "r2", cost: "40"))
                #expect(try await story.ask(Self.work("slow", run: "r3", cost: "0.01")).problem == "envelope-exhausted")
                try await story.advance(to: "2030-11-02T04:00:00Z")
                #expect(try await story.hold(Self.work("slow", run: "r3", cost: "0.01")).state == "held")
            }
        }

        @Test
        func aToolThatIsCalledOverAndOverWaits() async throws {
            try await Story.with(Self.folder, from: "2030-11-01T14:00:45Z", ceilings: Self.shadowed) { story in
                let search = Call(Self.tags("a1", run: "r1"), tool: "search")
                for _ in 0..<20 { _ = try await story.hold(search) }
                let limited = try await story.ask(search)
                #expect(limited.status == 429 && limited.headers["ratelimit"] == "\"tool-rate\";r=0;t=15")
                #expect(limited.headers["ratelimit-policy"] == "\"tool-rate\";q=20;w=60" && limited.headers["retry-after"] == "15")
                #expect(try await story.hold(Call(Self.tags("a1", run: "r1"), tool: "shell")).state == "held")
                #expect(try await story.hold(Call(Self.tags("a2", run: "r2"), tool: "search")).state == "held")
                try await story.advance(to: "2030-11-01T14:01:00Z")
                #expect(try await story.hold(search).state == "held")
            }
        }

        @Test
        func theShadowSaysWhatItWouldDoAndDoesNothing() async throws {
            try await Story.with(Self.folder, from: Self.start, ceilings: Self.shadowed) { story in
                for number in 1...6 { #expect(try await would("a\(number)", "8", in: story) == nil, "call \(number)") }
                let past = try await story.spend(Call(Self.tags("a7", run: "r7"), cost: "1", model: "claude-sonnet-4-5"))
                #expect(past.decision == "allow" && past.model == "claude-sonnet-4-5")
                #expect(past.envelopes.first { $0.name == "repository-day" }?.would == "downgrade")
                #expect(past.envelopes.first { $0.name == "repository-day" }?.mode == "shadow")
                #expect(try await would("a8", "7.99", in: story) == "downgrade")
                #expect(try await would("a9", "7", in: story) == "refuse")
                let envelope = try await story.envelope("repository-day")
                #expect(envelope.mode == "shadow" && envelope.downgraded.isEmpty && envelope.recentEvents.isEmpty)
                #expect(try await story.balance("repository-day", ["repository": "shop"])?.spent.value == 63_990_000_000)
            }
        }

        private func would(_ agent: String, _ cost: String, in story: Story) async throws -> String? {
            let hold = try await story.spend(Self.work(agent, run: "run-\(agent)", cost: cost))
            #expect(hold.decision == "allow")
            return hold.envelopes.first { $0.name == "repository-day" }?.would
        }

        /// The days on which the clocks of New York change have 25 and 23 hours.
        @Test(arguments: [
            ("2030-11-03T04:00:00Z", "2030-11-04T05:00:00Z", "2030-11-05T05:00:00Z"),
            ("2031-03-09T05:00:00Z", "2031-03-10T04:00:00Z", "2031-03-11T04:00:00Z"),
        ])
        func aDayEndsAtMidnightInNewYork(start: String, end: String, nextEnd: String) async throws {
            try await Story.with(Self.folder, from: start, ceilings: Self.shadowed) { story in
                for number in 1...5 { try await story.spend(Self.work("a1", run: "r\(number)", cost: "8")) }
                try await story.advance(to: try story.moment(end).adding(seconds: -1).description)
                let refused = try await story.ask(Self.work("a1", run: "r6", cost: "0.01"))
                let violation = try #require(try refused.decoded(402, as: ProblemAnswer.self).violations?.first)
                #expect(violation.envelope == "agent-day" && violation.resetsAt == end)
                #expect(refused.headers["retry-after"] == "1")
                try await story.advance(to: end)
                let fresh = try await story.hold(Self.work("a1", run: "r6", cost: "0.01"))
                let day = try #require(fresh.envelopes.first { $0.name == "agent-day" })
                #expect(day.window == WindowView(start: end, end: nextEnd) && day.spent.value == 0)
            }
        }
    }
}
