import Testing

extension EndToEnd {
    /// `policies/procurement`: a buying agent that asks people before it spends much.
    @Suite
    struct StoryProcurementTests {
        private static let folder = "procurement"
        private static let start = "2031-01-20T09:00:00Z"

        private static func tags(_ run: String, agent: String = "buyer-1", center: String = "plant-3") -> [String: String] {
            ["cost_center": center, "workflow_name": "purchase_orders", "agent_id": agent, "run_id": run]
        }

        private static func order(_ run: String, _ cost: String, center: String = "plant-3") -> Call {
            Call(tags(run, center: center), tool: "erp.create_order", cost: cost)
        }

        @Test
        func aLargeOrderWaitsForAPerson() async throws {
            try await Story.with(Self.folder, from: Self.start) { story in
                #expect(try await story.spend(Self.order("r1", "10000")).decision == "allow")
                let answer = try await story.ask(Self.order("r1", "10000.01"))
                let problem: ProblemAnswer = try answer.decoded(403)
                #expect(problem.type == "/problems/approval-required")
                #expect(problem.violations?.map(\.envelope) == ["large-orders"] && problem.violations?.map(\.rule) == ["per_call"])
                let id = try #require(problem.approvalId)
                #expect(answer.headers["location"] == "/v1/approvals/\(id)")
                let approval: ApprovalView = try await story.client.get("/v1/approvals/\(id)").decoded(200)
                #expect(approval.state == "pending" && approval.envelope == "large-orders" && approval.runId == "r1")
                #expect(approval.requested.value == 10_000_010_000_000)

                // The same run asks for the same thing; another run for another.
                #expect(try await story.refusal(Self.order("r1", "10000.01"), 403).approvalId == id)
                let other = try #require(try await story.refusal(Self.order("r2", "10000.01"), 403).approvalId)
                #expect(other != id)
                let pending: [ApprovalView] = try await story.client.all("/v1/approvals")
                #expect(Set(pending.map(\.id)) == [id, other])
                // Nothing of it is held, and smaller orders pass.
                #expect(try await story.balance("orders-month", ["cost_center": "plant-3"])?.held.value == 0)
                #expect(try await story.hold(Self.order("r1", "9000")).decision == "allow")
            }
        }

        @Test
        func aMonthFillsToApprovalAndTheNextIsOpen() async throws {
            try await Story.with(Self.folder, from: Self.start) { story in
                for number in 1...11 { try await story.spend(Self.order("r\(number)", "10000")) }
                #expect(try await story.alerts("orders-month").isEmpty)
                try await story.spend(Self.order("r12", "10000"))
                let alerts = try await story.alerts("orders-month")
                #expect(alerts.map(\.percent) == [80] && alerts.first?.key == ["cost_center": "plant-3"])
                #expect(alerts.first?.owner == "finance@example.com")

                // 130,000 of 150,000: express delivery is still a choice; at 140,000 it no longer is.
                try await story.spend(Call(Self.tags("r13"), tool: "erp.create_express_order", cost: "5000"))
                try await story.spend(Self.order("r14", "10000"))
                let express = try await story.refusal(Call(Self.tags("r15"), tool: "erp.create_express_order", cost: "1"), 403)
                #expect(express.type == "/problems/tool-not-allowed" && express.rule == "no-express")
                // Another cost centre has a month of its own.
                #expect(
                    try await story.hold(Call(Self.tags("r15", center: "plant-4"), tool: "erp.create_express_order", cost: "1")).state == "held")

                try await story.spend(Self.order("r16", "10000"))
                try await story.spend(Self.order("r17", "5000"))
                let asked = try await story.refusal(Self.order("r18", "0.01"), 403)
                #expect(asked.type == "/problems/approval-required")
                #expect(asked.violations?.map(\.envelope) == ["orders-month"] && asked.violations?.first?.approvalId == asked.approvalId)
                #expect(try await story.refusal(Self.order("r18", "5"), 403).approvalId == asked.approvalId)
                // Money that was spent beyond asking is booked, and beyond 150 per cent nobody is asked.
                try await story.charge(Self.order("r19", "75000"))
                let stopped = try await story.ask(Self.order("r18", "0.01"))
                #expect(try stopped.decoded(402, as: ProblemAnswer.self).violations?.map(\.resetsAt) == ["2031-01-31T23:00:00Z"])
                #expect(stopped.headers["retry-after"] == "\((11 * 24 + 14) * 3_600)")
                #expect(try await story.alerts("orders-month").map(\.percent) == [80])

                try await story.advance(to: "2031-01-31T22:59:59.999999Z")
                #expect(try await story.ask(Self.order("r20", "0.01")).status == 402)
                try await story.advance(to: "2031-01-31T23:00:00Z")
                let fresh = try await story.hold(Self.order("r20", "10000"))
                let month = try #require(fresh.envelopes.first { $0.name == "orders-month" })
                #expect(month.window == WindowView(start: "2031-01-31T23:00:00Z", end: "2031-02-28T23:00:00Z"))
                #expect(month.remaining.value == 140_000_000_000_000)
            }
        }

        @Test
        func modelsAndToolsAreThoseOfTheContract() async throws {
            try await Story.with(Self.folder, from: Self.start) { story in
                let foreign = try await story.refusal(Call(Self.tags("r1"), model: "gpt-5", input: 10, output: 10), 403)
                #expect(foreign.type == "/problems/model-not-allowed" && foreign.rule == "contracted-models")
                for tool in ["erp.delete_order", "erp.change_supplier", "mail.send"] {
                    let problem = try await story.refusal(Call(Self.tags("r1"), tool: tool), 403)
                    #expect(problem.type == "/problems/tool-not-allowed" && problem.rule == "buyer-tools", "\(tool)")
                }
                #expect(try await story.hold(Call(Self.tags("r1"), tool: "erp.read_order")).state == "held")
                // A model that is not in the catalogue is held at the policy's price: 1,000 × 10 and 1,000 × 50 dollars for a million.
                let unknown = try await story.hold(Call(Self.tags("r1"), model: "claude-next", input: 1_000, output: 1_000))
                #expect(unknown.held.cost == 60_000_000)

                var tags = Self.tags("r1")
                tags["workflow_name"] = "holiday_planning"
                let unmatched = try await story.refusal(Call(tags, cost: "1", model: "claude-haiku-4-5"), 403)
                #expect(unmatched.type == "/problems/forbidden" && unmatched.rule == "unmatched")
                tags["cost_center"] = nil
                #expect(try await story.refusal(Call(tags, cost: "1"), 422).errors?.map(\.pointer) == ["/tags/cost_center"])
            }
        }

        @Test
        func aRunExplainsItsPremiumCallsAndADayItsQueries() async throws {
            try await Story.with(Self.folder, from: Self.start) { story in
                let think = Call(Self.tags("r1"), model: "claude-sonnet-4-5", input: 100, output: 100)
                for _ in 0..<20 { try await story.spend(think) }
                let asked = try await story.refusal(think, 403)
                #expect(asked.type == "/problems/approval-required" && asked.violations?.map(\.envelope) == ["premium-calls"])
                #expect(asked.violations?.first?.limit.value == 20)
                #expect(try await story.hold(Call(Self.tags("r1"), model: "claude-haiku-4-5", input: 100, output: 100)).decision == "allow")
                var other = think
                other.tags["run_id"] = "r2"
                #expect(try await story.hold(other).decision == "allow")

                // What a vendor bills by the query is premium too, and has a day of its own.
                let query = Call(Self.tags("r1"), tool: "market-data.quote", cost: "0.50")
                for _ in 0..<40 { try await story.spend(query) }
                let refused = try await story.refusal(query, 402)
                #expect(refused.violations?.map(\.envelope) == ["paid-queries"])
                #expect(refused.violations?.map(\.resetsAt) == ["2031-01-20T23:00:00Z"])
                #expect(try await story.hold(Call(Self.tags("r1"), tool: "catalogue.search")).state == "held")
                try await story.advance(to: "2031-01-20T23:00:00Z")
                #expect(try await story.hold(query).state == "held")
                // A run has no end: the question stays.
                #expect(try await story.refusal(think, 403).approvalId == asked.approvalId)
            }
        }
    }
}
