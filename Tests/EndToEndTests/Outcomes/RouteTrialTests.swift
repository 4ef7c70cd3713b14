import Testing

extension EndToEnd {
    /// Cheaper routes are kept or rolled back by themselves, and each week has a review, whichever replica does it.
    @Suite
    struct RouteTrialTests {
        private struct TrialView: Decodable {
            let id: String
            let state: String
            let endReason: String?
            let nextVerdictAt: String?
        }

        private struct HoldView: Decodable {
            let model: String
            let decision: String
        }

        private struct ReviewView: Decodable {
            struct Week: Decodable { let end: String }
            struct Trial: Decodable, Hashable {
                let workflowName: String
                let state: String
            }

            let id: String
            let week: Week
            let missed: Int
            let summary: String
            let routeTrials: [Trial]?
        }

        private static let policy = """
            tiers: [premium, economy]
            models:
              dear: { tier: premium, downgrade_to: cheap }
              cheap: { tier: economy }
            workflows:
              triage: { outcome: ticket }
              drafts: { outcome: draft }
            envelopes: [ { name: all, meter: cost, limit: "100000" } ]
            """
        private static let prices = """
            { "dear": { "input_cost_per_token": 0.001, "output_cost_per_token": 0.003 },
              "cheap": { "input_cost_per_token": 0.0001, "output_cost_per_token": 0.0002 } }
            """
        private static let day: Int64 = 86_400

        /// Which model a call of each workflow gets, by each replica.
        private func models(_ replicas: Replicas, _ key: String) async throws -> [String: Set<String>] {
            var found: [String: Set<String>] = [:]
            for workflow in ["triage", "drafts"] {
                for (number, client) in replicas.clients.enumerated() {
                    var call = Call(tags: ["workflow_name": workflow], model: "dear", tool: nil)
                    (call.inputTokens, call.outputTokens) = (10, 10)
                    let hold: HoldView = try await client.reserve(call, key: "\(key)-\(workflow)-\(number)").decoded(201)
                    found[workflow, default: []].insert("\(hold.decision) \(hold.model)")
                }
            }
            return found
        }

        /// Forty results a day of both workflows, for some days.
        private func work(_ replicas: Replicas, days: Int, draftRework: Int = 20) async throws {
            for number in 0..<days {
                let client = replicas.clients[number % 2]
                let now = try await client.now()
                for (workflow, rework) in [("triage", 20), ("drafts", draftRework)] {
                    let answer = try await client.send(
                        .post, "/v1/outcomes", body: "{\"workflow_name\":\"\(workflow)\",\"count\":40,\"quality\":0.9,\"rework_minutes\":\(rework)}",
                        idempotencyKey: "\(workflow)-\(now)")
                    #expect(answer.status == 201, "\(answer)")
                }
                try await client.advance(to: now.adding(seconds: Self.day))
            }
        }

        private func begin(_ workflow: String, _ client: APIClient) async throws -> TrialView {
            try await client.send(
                .post, "/v1/route-trials", body: "{\"workflow_name\":\"\(workflow)\",\"to\":\"economy\",\"reason\":\"half the price\"}"
            ).decoded(201)
        }

        @Test
        func aTrialIsKeptOrRolledBackByItself() async throws {
            try await Replicas.with(2, "--test-clock") { replicas in
                let (one, other) = (replicas.first, replicas.last)
                try await one.importPrices(Self.prices)
                try await one.apply(policy: Self.policy)
                try await one.advance(to: try #require(Moment("2027-03-01T10:00:00Z")))
                try await work(replicas, days: 14)
                let triage = try await begin("triage", one)
                let drafts = try await begin("drafts", other)
                #expect(try await models(replicas, "on") == ["triage": ["downgrade cheap"], "drafts": ["downgrade cheap"]])
                // The guard judges at six in the morning after a cycle.
                try await work(replicas, days: 8, draftRework: 30)
                let over: TrialView = try await one.get("/v1/route-trials/\(drafts.id)").decoded(200)
                #expect(over.state == "rolled_back")
                #expect(
                    over.endReason
                        == "cycle 1: rework rose from 0.5 to 0.75 minutes a result, more than 10 % and 0.05 minutes (280 results after 560)")
                #expect(try await models(replicas, "over") == ["triage": ["downgrade cheap"], "drafts": ["allow dear"]])
                try await work(replicas, days: 7)
                let kept: TrialView = try await other.get("/v1/route-trials/\(triage.id)").decoded(200)
                #expect(kept.state == "kept" && kept.nextVerdictAt == nil && kept.endReason == nil)
                #expect(try await models(replicas, "kept") == ["triage": ["downgrade cheap"], "drafts": ["allow dear"]])
                try await checkReviews(replicas)
                try await replicas.expectSound()
            }
        }

        /// One for each Friday since the clock was set, newest first.
        private func checkReviews(_ replicas: Replicas) async throws {
            let reviews: [ReviewView] = try await replicas.last.all("/v1/reviews")
            #expect(
                reviews.map(\.week.end).prefix(4) == ["2027-03-26T09:00:00Z", "2027-03-19T09:00:00Z", "2027-03-12T09:00:00Z", "2027-03-05T09:00:00Z"])
            #expect(reviews.prefix(4).allSatisfy { $0.missed == 0 })
            let last: ReviewView = try await replicas.first.get("/v1/reviews/\(reviews[0].id)").decoded(200)
            #expect(
                last.routeTrials.map(Set.init) == [
                    .init(workflowName: "triage", state: "trying"), .init(workflowName: "drafts", state: "rolled_back"),
                ])
            #expect(last.summary == reviews[0].summary)
        }
    }
}
