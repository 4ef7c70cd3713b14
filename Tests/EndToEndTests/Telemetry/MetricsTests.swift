import Foundation
import Postgres
import Testing

extension EndToEnd {
    /// What Prometheus and the access log are told agrees with what was answered.
    @Suite
    struct MetricsTests {
        private static let policy = """
            envelopes:
              - { name: team, per: [team_id], meter: cost, limit: "1", window: { every: month } }
              - { name: rate, match: { team_id: fast }, meter: model_calls, limit: 1, window: { every: minute } }
            """

        private static func settle(_ client: APIClient, _ tags: [String: String], _ key: String, cost: String) async throws {
            let hold = try await client.reserve(Call(tags, cost: "0.1"), key: key)
            let answer = try await client.commit(try hold.decoded(201, as: HoldAnswer.self).id, "{\"cost\":\"\(cost)\"}")
            #expect(answer.status == 200)
        }

        @Test
        func whatIsCountedIsWhatWasAnswered() async throws {
            try await Replicas.with(1, "--test-clock") { replicas in
                let client = replicas.first
                try await client.apply(policy: Self.policy)
                for number in 0..<4 {
                    let tags = ["team_id": "a", "agent_id": "agent-\(number % 2)", "workflow_name": "w", "session_id": "s-\(number % 2)"]
                    try await Self.settle(client, tags, "a\(number)", cost: "0.025")
                }
                #expect(try await client.reserve(Call(["team_id": "a"], cost: "5"), key: "too-much").status == 402)
                #expect(try await client.reserve(Call(["team_id": "a", "agent_id": "agent-0"], cost: "0.5"), key: "open").status == 201)
                #expect(try await client.reserve(Call(["team_id": "a", "agent_id": "agent-0"], cost: "0.5"), key: "open").status == 201)
                let samples = try await MetricSample.all(client)
                func sum(_ name: String, _ labels: [String: String] = [:]) -> Double { MetricSample.sum(name, labels, in: samples) }
                #expect(abs(sum("purser_cost_total") - 0.1) < 1e-9)
                #expect(abs(sum("purser_cost_total", ["agent_id": "agent-1", "workflow_name": "w"]) - 0.05) < 1e-9)
                #expect(abs(sum("purser_owner_cost_total", ["team_id": "a"]) - 0.1) < 1e-9)
                #expect(abs(sum("purser_session_cost", ["session_id": "s-0"]) - 0.05) < 1e-9)
                #expect(sum("purser_inference_cost_count") == 4)
                #expect(sum("purser_decisions_total", ["decision": "allow"]) == 5)
                #expect(sum("purser_decisions_total", ["decision": "refuse", "envelope": "team"]) == 1)
                #expect(sum("purser_refusals_total", ["problem": "envelope-exhausted"]) == 1)
                #expect(sum("purser_replays_total") == 1)
                #expect(sum("purser_settlements_total", ["state": "committed"]) == 4)
                #expect(sum("purser_open_holds") == 1)
                #expect(abs(sum("purser_envelope_used_ratio", ["envelope": "team", "key": "team_id=a"]) - 0.6) < 1e-9)
                #expect(sum("purser_http_requests_total", ["route": "/v1/reservations", "status": "201"]) == 6)
                #expect(sum("purser_http_request_duration_seconds_count", ["route": "/v1/reservations", "outcome": "envelope-exhausted"]) == 1)
                #expect(sum("purser_metric_conflicts_total") == 0)
            }
        }

        @Test
        func labelsFromOutsideAreBounded() async throws {
            try await Replicas.with(1, settings: ["PURSER_METRICS_LABEL_LIMIT": "3"]) { replicas in
                let client = replicas.first
                try await client.apply(policy: "envelopes: [ { name: all, meter: cost, limit: \"1000\" } ]")
                for number in 0..<8 { try await Self.settle(client, ["agent_id": "agent-\(number)"], "\(number)", cost: "0.01") }
                _ = try await client.get("/v1/nothing-\(UUID())")
                let samples = try await MetricSample.all(client)
                let agents = samples.filter { $0.name == "purser_cost_total" }
                #expect(agents.count == 4)
                #expect(abs(MetricSample.sum("purser_cost_total", ["agent_id": "other"], in: samples) - 0.05) < 1e-9)
                #expect(MetricSample.sum("purser_http_requests_total", ["route": "unmatched"], in: samples) == 1)
            }
        }

        @Test
        func aScrapeDoesNotWaitForADatabaseThatHangs() async throws {
            try await Replicas.with(1, "--test-clock") { replicas in
                let client = replicas.first
                try await client.apply(policy: Self.policy)
                #expect(try await client.reserve(Call(["team_id": "a"], cost: "0.1"), key: "one").status == 201)
                let session = try Session.connect(ConnectionSettings(replicas.databaseURL))
                defer { session.close() }
                try session.run("BEGIN; LOCK TABLE open_reservations IN ACCESS EXCLUSIVE MODE")
                let samples = try await MetricSample.all(client)
                #expect(samples.contains { $0.name == "purser_decisions_total" })
                #expect(!samples.contains { $0.name == "purser_open_holds" })
                #expect(MetricSample.sum("purser_figures_age_seconds", in: samples) >= 1)
                try session.run("ROLLBACK")
                try await eventually("the figures are shown") {
                    MetricSample.sum("purser_open_holds", in: try await MetricSample.all(client)) == 1
                }
            }
        }

        @Test
        func aTokenIsAskedForWhereOneIsSet() async throws {
            let token = "prometheus-0123456789"
            try await Replicas.with(1, settings: ["PURSER_METRICS_TOKEN": token]) { replicas in
                #expect(try await replicas.first.get("/metrics").status == 401)
                #expect(try await replicas.first.with(key: token + "x").get("/metrics").status == 401)
                let answer = try await replicas.first.with(key: token).get("/metrics")
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            }
            try await Replicas.with(1, settings: ["PURSER_METRICS": "false"]) { replicas in
                #expect(try await replicas.first.get("/metrics").status == 404)
                try await replicas.first.apply(policy: Self.policy)
                #expect(try await replicas.first.reserve(Call(["team_id": "a"], cost: "0.1"), key: "one").status == 201)
            }
        }

        @Test
        func theAccessLogTellsEachRequestAndNoSecret() async throws {
            try await Replicas.with(1, settings: ["PURSER_ACCESS_LOG": "true"]) { replicas in
                let client = replicas.first
                try await client.apply(policy: Self.policy)
                #expect(try await client.reserve(Call(["team_id": "secret-team"], cost: "0.1"), key: "one").status == 201)
                #expect(try await client.with(key: "pk_default_wrong").get("/v1/envelopes?after=hidden").status == 401)
                #expect(try await replicas.servers[0].terminate() == 0)
                let errors = replicas.servers[0].process.errors
                let lines = try errors.split(separator: "\n").filter { $0.hasPrefix("{") }.map { line in
                    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                }
                let reserve = try #require(lines.first { $0["route"] as? String == "/v1/reservations" })
                #expect(reserve["status"] as? Int == 201)
                #expect(reserve["method"] as? String == "POST")
                #expect(reserve["org"] as? String == "default")
                #expect(reserve["key_id"] is String && reserve["request_id"] is String && reserve["duration_us"] is Int)
                let refused = try #require(lines.first { $0["route"] as? String == "/v1/envelopes" })
                #expect(refused["status"] as? Int == 401 && refused["problem"] as? String == "unauthorized" && refused["key_id"] == nil)
                for secret in [client.key, "secret-team", "hidden", "pk_default_wrong"] { #expect(!errors.contains(secret)) }
            }
        }
    }
}
