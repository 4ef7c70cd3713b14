import Testing

extension EndToEnd {
    /// `policies/support-automation`: a triage workflow through its month.
    @Suite
    struct StorySupportTests {
        private static let folder = "support-automation"
        private static let monthEnd = "2030-10-31T23:00:00Z"

        /// A ticket that an agent works on, in a run of its own.
        private static func ticket(_ number: Int, agent: Int? = nil) -> [String: String] {
            [
                "team_id": "support", "cost_center": "cc-42", "workflow_name": "support_triage", "environment": "production",
                "intent": "production", "agent_id": "triage-\(agent ?? number)", "run_id": "run-\(number)",
            ]
        }

        private static func small(_ number: Int, model: String = "gpt-5") -> Call {
            Call(ticket(number), model: model, input: 1_200, output: 800)
        }

        /// 49 dollars a call, so that the envelope of an agent's day has one left.
        private func spend(_ calls: Range<Int>, of cost: String = "49", in story: Story) async throws {
            for number in calls { try await story.spend(Call(Self.ticket(number), cost: cost, model: "gpt-5")) }
        }

        @Test
        func aMonthFillsIsDowngradedStopsAndBeginsAnew() async throws {
            try await Story.with(Self.folder, from: "2030-10-21T08:00:00Z", ceilings: ["support-triage": 120]) { story in
                let first = try await story.spend(Self.small(0))
                #expect(first.decision == "allow" && first.model == "gpt-5" && first.reason == nil && first.held.cost == 9_500_000)
                #expect(
                    first.envelopes.map(\.name) == [
                        "support-triage", "premium-models", "agent-day", "run-steps", "run-tokens", "team-month", "cost-center-month", "organisation",
                    ])

                // 65 × 49 and a little: 79.6 per cent. One more reaches 80, and the owner hears of it once.
                try await spend(1..<66, in: story)
                #expect(try await story.alerts("support-triage").isEmpty)
                try await spend(66..<81, in: story)
                let alerts = try await story.alerts("support-triage")
                #expect(alerts.map(\.percent) == [80] && alerts.first?.owner == "support-lead@example.com")
                #expect(alerts.first?.playbook == "https://wiki.example.com/support/triage-budget")
                #expect(alerts.first?.message == "'support-triage' reached 80 % of its limit")

                try await expectDowngrade(story)
                try await fillToTheStop(story)
                try await expectNewMonth(story)
            }
        }

        /// Fills the limit to the last nano-unit, and sees the next call go to the cheap model.
        private func expectDowngrade(_ story: Story) async throws {
            let rest = try #require(try await story.balance("support-triage")).remaining.value
            try await story.spend(Call(Self.ticket(100), cost: Quantity.money(rest - 40_000_000_000), model: "gpt-5"))
            let last = try await story.spend(Call(Self.ticket(101), cost: "40", model: "gpt-5"))
            #expect(last.decision == "allow" && last.envelopes.first?.remaining.value == 0)
            #expect(try await story.envelope("support-triage").downgraded.isEmpty)
            let premium = try await story.balance("premium-models", ["workflow_name": "support_triage"])

            let cheaper = try await story.hold(Self.small(102))
            #expect(cheaper.decision == "downgrade" && cheaper.model == "gpt-5-mini")
            #expect(cheaper.reason == "'support-triage' passed 100 % of its limit: gpt-5-mini instead of gpt-5")
            // 1,200 × 0.25 and 800 × 2 dollars for a million tokens.
            #expect(cheaper.held.cost == 1_900_000)
            #expect(!cheaper.envelopes.map(\.name).contains("premium-models"))
            let other = try await story.spend(Self.small(103, model: "claude-sonnet-4-5"))
            #expect(other.model == "gpt-5-mini" && other.held.cost == 1_900_000)
            #expect(other.reason == "'support-triage' is downgraded to economy: gpt-5-mini instead of claude-sonnet-4-5")
            #expect(try await story.spend(Self.small(104, model: "gpt-5-mini")).decision == "allow")
            #expect(try await story.client.release(cheaper.id).status == 200)
            #expect(try await story.balance("premium-models", ["workflow_name": "support_triage"])?.spent == premium?.spent)

            let envelope = try await story.envelope("support-triage")
            #expect(envelope.downgraded.map(\.to) == ["economy"] && envelope.downgraded.map(\.until) == [Self.monthEnd])
            #expect(envelope.downgraded.first?.since == "2030-10-21T08:00:00Z")
            #expect(envelope.downgraded.first?.reason == "'support-triage' passed 100 % of its limit")
            let switched = envelope.recentEvents.filter { $0.kind == "route.downgraded" }
            #expect(switched.map(\.data.tier) == ["economy"])
        }

        private func fillToTheStop(_ story: Story) async throws {
            try await spend(110..<126, of: "49", in: story)
            let balance = try #require(try await story.balance("support-triage"))
            let rest = 4_800_000_000_000 - balance.spent.value - balance.held.value
            try await story.spend(Call(Self.ticket(130), cost: Quantity.money(rest), model: "gpt-5"))
            let refused = try await story.ask(Call(Self.ticket(131), cost: "0.000000001", model: "gpt-5-mini"))
            let problem: ProblemAnswer = try refused.decoded(402)
            #expect(problem.type == "/problems/envelope-exhausted")
            #expect(problem.violations?.map(\.envelope) == ["support-triage"] && problem.violations?.map(\.action) == ["refuse"])
            #expect(problem.violations?.first?.limit.value == 4_000_000_000_000)
            #expect(problem.violations?.first?.resetsAt == Self.monthEnd)
            // Ten days and fifteen hours.
            #expect(refused.headers["retry-after"] == "918000")
            #expect(try await story.alerts("support-triage").count == 1)
        }

        private func expectNewMonth(_ story: Story) async throws {
            try await story.advance(to: "2030-10-31T22:59:59.999999Z")
            #expect(try await story.refusal(Self.small(140), 402).violations?.map(\.envelope) == ["support-triage"])
            try await story.advance(to: Self.monthEnd)
            let fresh = try await story.spend(Self.small(140))
            #expect(fresh.decision == "allow" && fresh.model == "gpt-5")
            #expect(fresh.envelopes.first?.window == WindowView(start: Self.monthEnd, end: "2030-11-30T23:00:00Z"))
            #expect(fresh.envelopes.map(\.name).contains("premium-models"))
            let envelope = try await story.envelope("support-triage")
            #expect(envelope.downgraded.isEmpty)
            let restored = try #require(envelope.recentEvents.first { $0.kind == "route.restored" })
            #expect(restored.data.reason == "the window ended" && restored.data.tier == "economy" && restored.at == Self.monthEnd)
            // A new month is told anew.
            try await spend(150..<216, in: story)
            #expect(try await story.alerts("support-triage").map(\.percent) == [80, 80])
        }

        @Test
        func aTopUpRestoresTheRouteUntilItExpires() async throws {
            try await Story.with(Self.folder, from: "2030-10-21T08:00:00Z", ceilings: ["support-triage": 120]) { story in
                try await story.charge(Call(Self.ticket(0), cost: "4000", model: "gpt-5"))
                #expect(try await story.hold(Self.small(1)).decision == "downgrade")
                let added = try await story.adjust("support-triage", amount: "100", until: "2030-10-22T08:00:00Z")
                #expect(added.limit.value == 4_100_000_000_000 && added.expiresAt == "2030-10-22T08:00:00Z")
                let restored = try await story.envelope("support-triage")
                #expect(restored.downgraded.isEmpty)
                #expect(restored.recentEvents.first { $0.kind == "route.restored" }?.data.reason == "the limit rose from 4000 to 4100")
                #expect(try await story.hold(Self.small(2)).decision == "allow")

                try await story.advance(to: "2030-10-22T07:59:59Z")
                #expect(try await story.hold(Self.small(3)).decision == "allow")
                try await story.advance(to: "2030-10-22T08:00:00Z")
                let after = try await story.hold(Self.small(4))
                #expect(after.decision == "downgrade" && after.envelopes.first?.limit.value == 4_000_000_000_000)
                let balance = try #require(try await story.balance("support-triage"))
                let changes = try await story.history(balance).filter { $0.reason != nil }
                #expect(changes.map(\.kind) == ["expiry", "adjustment"])
                #expect(changes.map(\.amount?.value) == [-100_000_000_000, 100_000_000_000])
                #expect(changes.last?.reason == "asked for" && changes.last?.expiresAt == "2030-10-22T08:00:00Z")
            }
        }

        @Test
        func aFrozenEnvelopeStopsCallsAndStreamsButBooksWhatWasSpent() async throws {
            try await Story.with(Self.folder, from: "2030-10-21T08:00:00Z", ceilings: ["support-triage": 120]) { story in
                let open = try await story.hold(Self.small(0))
                #expect(try await story.freeze("support-triage", because: "odd answers").status == 200)
                let problem = try await story.refusal(Self.small(1), 403)
                #expect(problem.type == "/problems/envelope-frozen" && problem.envelope == "support-triage")
                #expect(problem.reason == "odd answers" && problem.since == "2030-10-21T08:00:00Z" && problem.frozenBy?.isEmpty == false)
                #expect(try await story.envelope("support-triage").frozen?.reason == "odd answers")
                #expect(try await story.client.extend(open.id, seconds: 300).problem == "envelope-frozen")
                try await story.commit(open, cost: 9_000_000)
                #expect(try await story.freeze("support-triage", because: "twice").status == 409)

                #expect(try await story.freeze("support-triage", "unfreeze", because: "looked at").status == 200)
                #expect(try await story.hold(Self.small(1)).decision == "allow")
                #expect(try await story.envelope("support-triage").frozen == nil)
                let balance = try #require(try await story.balance("support-triage"))
                let notes = try await story.history(balance).filter { $0.kind.hasSuffix("freeze") }
                #expect(notes.map(\.kind) == ["unfreeze", "freeze"] && notes.map(\.reason) == ["looked at", "odd answers"])
                // The last word counts, however fast it comes after the one before: the clock stands still.
                for round in 0..<10 {
                    #expect(try await story.freeze("support-triage", because: "round \(round)").status == 200)
                    #expect(try await story.ask(Self.small(10 + round)).problem == "envelope-frozen", "round \(round)")
                    #expect(try await story.freeze("support-triage", "unfreeze", because: "round \(round)").status == 200)
                    #expect(try await story.ask(Self.small(10 + round)).status == 201, "round \(round)")
                }
            }
        }

        /// The days on which the clocks of Paris change have 25 and 23 hours.
        @Test(arguments: [
            ("2030-10-26T22:00:00Z", "2030-10-27T23:00:00Z", "2030-10-28T23:00:00Z"),
            ("2031-03-29T23:00:00Z", "2031-03-30T22:00:00Z", "2031-03-31T22:00:00Z"),
        ])
        func aDayEndsAtMidnightInParis(start: String, end: String, nextEnd: String) async throws {
            try await Story.with(Self.folder, from: start, ceilings: ["support-triage": 120]) { story in
                let call = Call(Self.ticket(0), cost: "50", model: "gpt-5")
                #expect(try await story.spend(call).envelopes.first { $0.name == "agent-day" }?.window == WindowView(start: start, end: end))
                try await story.advance(to: try story.moment(end).adding(seconds: -1).description)
                let refused = try await story.ask(call)
                #expect(try refused.decoded(402, as: ProblemAnswer.self).violations?.map(\.envelope) == ["agent-day"])
                #expect(refused.headers["retry-after"] == "1")
                try await story.advance(to: end)
                #expect(try await story.spend(call).envelopes.first { $0.name == "agent-day" }?.window == WindowView(start: end, end: nextEnd))
            }
        }
    }
}
