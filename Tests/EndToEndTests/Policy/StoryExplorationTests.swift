import Testing

extension EndToEnd {
    /// `policies/support-automation`: weekly credits, their rollover, the sandbox, tags and tools.
    @Suite
    struct StoryExplorationTests {
        private static let folder = "support-automation"
        /// Monday, 09:00 in Paris, a week in which the clocks went back.
        private static let weekEnd = "2030-10-28T08:00:00Z"

        private static func tags(_ user: String) -> [String: String] {
            [
                "team_id": "support", "cost_center": "cc-42", "workflow_name": "prompt_lab", "environment": "staging", "intent": "exploration",
                "user_id": user,
            ]
        }

        private static func experiment(_ user: String, _ cost: String) -> Call { Call(tags(user), cost: cost, model: "gpt-5", ttlSeconds: 3_600) }

        private func limit(of user: String, _ story: Story) async throws -> Int64? {
            try await story.balance("exploration-credits", ["user_id": user])?.limit.value
        }

        @Test
        func creditIsThereAgainOnMondayWithUpToTenOfTheRest() async throws {
            try await Story.with(Self.folder, from: "2030-10-28T07:30:00Z") { story in
                try await story.spend(Self.experiment("all", "19.99"))
                #expect(try await story.alerts("exploration-credits").isEmpty)
                try await story.spend(Self.experiment("all", "0.01"))
                try await story.spend(Self.experiment("all", "5"))
                #expect(try await story.alerts("exploration-credits").map(\.percent) == [80])
                #expect(try await story.alerts("exploration-credits").first?.key == ["user_id": "all"])
                let refused = try await story.ask(Self.experiment("all", "0.01"))
                #expect(try refused.decoded(402, as: ProblemAnswer.self).violations?.map(\.resetsAt) == [Self.weekEnd])
                #expect(refused.headers["retry-after"] == "1800")
                try await story.spend(Self.experiment("most", "21.5"))
                try await story.spend(Self.experiment("little", "3"))
                try await story.spend(Self.experiment("late", "20"))
                let open = try await story.hold(Self.experiment("late", "1"))

                try await story.advance(to: "2030-10-28T07:59:59.999999Z")
                #expect(try await story.refusal(Self.experiment("all", "0.01"), 402).violations?.map(\.envelope) == ["exploration-credits"])
                try await story.advance(to: Self.weekEnd)
                for (user, limit) in [("all", 25.0), ("most", 28.5), ("little", 35), ("late", 29), ("new", 25)] {
                    let hold = try await story.hold(Self.experiment(user, "0.01"))
                    #expect(hold.envelopes.first?.window == WindowView(start: Self.weekEnd, end: "2030-11-04T08:00:00Z"))
                    #expect(hold.envelopes.first?.limit.value == Int64(limit * 1_000_000_000), "\(user)")
                }
                // What was held counted as spent then; giving it back changes the week that is over, not what it carried.
                #expect(try await story.client.release(open.id).status == 200)
                #expect(try await limit(of: "late", story) == 29_000_000_000)
                let carried = try await story.history(try #require(try await story.balance("exploration-credits", ["user_id": "little"])))
                #expect(carried.compactMap(\.reason) == ["left of the window before"])
                #expect(carried.first { $0.reason != nil }?.amount?.value == 10_000_000_000)
                // All of it can be spent, and nothing beyond it.
                try await story.spend(Self.experiment("most", "28.49"))
                #expect(try await story.refusal(Self.experiment("most", "0.01"), 402).violations?.first?.limit.value == 28_500_000_000)
            }
        }

        @Test
        func weeksThatNobodyTouchesCarryNoMoreThanTen() async throws {
            try await Story.with(Self.folder, from: "2030-10-28T07:30:00Z") { story in
                try await story.spend(Self.experiment("away", "24"))
                try await story.advance(to: "2030-11-04T08:00:00Z")
                // The week of 28 October had 26 and was left alone: ten of them go on, whoever looks first.
                let hold = try await story.spend(Self.experiment("away", "1"))
                #expect(hold.envelopes.first?.limit.value == 35_000_000_000)
                try await story.advance(to: "2030-12-24T12:00:00Z")
                #expect(try await story.hold(Self.experiment("away", "35")).envelopes.first?.remaining.value == 0)
                #expect(try await story.refusal(Self.experiment("away", "0.01"), 402).violations?.map(\.resetsAt) == ["2030-12-30T08:00:00Z"])
                // The clocks go forward on the last day of this week.
                try await story.advance(to: "2031-03-24T08:00:00Z")
                let spring = try await story.hold(Self.experiment("away", "0.01"))
                #expect(spring.envelopes.first?.window == WindowView(start: "2031-03-24T08:00:00Z", end: "2031-03-31T07:00:00Z"))
                #expect(spring.envelopes.first?.limit.value == 35_000_000_000)
            }
        }

        @Test
        func tagsAreRequiredExceptInTheSandbox() async throws {
            try await Story.with(Self.folder, from: "2030-10-21T08:00:00Z") { story in
                var tags = Self.tags("u-1")
                tags["cost_center"] = nil
                tags["user_id"] = nil
                let missing = try await story.refusal(Call(tags, cost: "1"), 422)
                #expect(missing.type == "/problems/tags-missing")
                #expect(missing.errors?.map(\.pointer) == ["/tags/cost_center", "/tags"])
                #expect(missing.errors?.last?.detail == "add one of agent_id, user_id")
                tags = Self.tags("u-1")
                tags["environment"] = "prod"
                let wrong = try await story.refusal(Call(tags, cost: "1"), 422)
                #expect(wrong.type == "/problems/tag-value" && wrong.errors?.map(\.pointer) == ["/tags/environment"])

                let anonymous = try await story.spend(Call(["environment": "sandbox"], cost: "4"))
                #expect(anonymous.envelopes.first { $0.name == "sandbox" }?.key == ["user_id": ""])
                #expect(try await story.refusal(Call(["environment": "sandbox"], cost: "2"), 402).violations?.map(\.envelope) == ["sandbox"])
                #expect(try await story.hold(Call(["environment": "sandbox", "user_id": "u-1"], cost: "2")).state == "held")
            }
        }

        @Test
        func toolsAreAllowedByNameAndHaveARate() async throws {
            try await Story.with(Self.folder, from: "2030-10-21T08:00:20Z") { story in
                var tags = Self.tags("u-1")
                tags["agent_id"] = "triage-7"
                for tool in ["crm.delete", "mail.send"] {
                    let problem = try await story.refusal(Call(tags, tool: tool), 403)
                    #expect(problem.type == "/problems/tool-not-allowed" && problem.rule == "triage-tools")
                }
                for _ in 0..<30 { _ = try await story.hold(Call(tags, tool: "crm.read")) }
                let limited = try await story.ask(Call(tags, tool: "crm.read"))
                #expect(limited.status == 429 && limited.problem == "rate-limited")
                #expect(limited.headers["ratelimit"] == "\"tool-rate\";r=0;t=40" && limited.headers["retry-after"] == "40")
                #expect(limited.headers["ratelimit-policy"] == "\"tool-rate\";q=30;w=60")
                #expect(try await story.hold(Call(tags, tool: "kb.search")).state == "held")
                try await story.advance(to: "2030-10-21T08:01:00Z")
                #expect(try await story.hold(Call(tags, tool: "crm.read")).state == "held")
            }
        }
    }
}
