import Foundation
import Testing

extension EndToEnd {
    /// What a policy says of anomalies, and what becomes of one, over HTTP.
    @Suite
    struct AnomalyTests {
        private struct AnomalyView: Decodable {
            let id: String
            let kind: String
            let state: String
            let atStake: String
            let suspensionId: String?
        }

        private static let noon = "2030-10-30T12:00:00Z"

        /// Five runs with a model that costs 1 each, and then five with one that costs 1.8.
        private static func work(_ client: APIClient) async throws {
            let noon = try #require(Moment(noon))
            for (number, (model, cost)) in [("old", "1"), ("new", "1.8")].enumerated() {
                for run in 0..<5 {
                    let tags = ["agent_id": "a", "workflow_name": "w", "run_id": "\(model) \(run)"]
                    #expect(try await client.charge(Call(tags, cost: cost, model: model).usageBody, key: "\(model)-\(run)").status == 201)
                }
                try await client.advance(to: noon.adding(seconds: Int64(number + 1)))
            }
        }

        private static func anomalies(_ client: APIClient) async throws -> [AnomalyView] {
            #expect(try await client.send(.post, "/v1/schedules/detect-anomalies/run").status == 200)
            return try await client.all("/v1/anomalies", of: AnomalyView.self)
        }

        @Test(arguments: [
            ("", 1), ("anomalies: { minimum_cost: \"4\" }", 1), ("anomalies: { minimum_cost: \"4.000000001\" }", 0),
            ("anomalies: { sensitivity: low }", 0), ("anomalies: { sensitivity: high }", 1), ("anomalies: { do: { cost_per_task: \"off\" } }", 0),
            ("anomalies: { planned: [{ from: 2030-10-30, to: 2030-10-30, match: { workflow_name: w }, reason: launch }] }", 0),
            ("anomalies: { planned: [{ from: 2030-10-31, to: 2030-10-31, reason: launch }] }", 1),
        ])
        func thePolicySaysWhatIsTold(rules: String, count: Int) async throws {
            try await Replicas.with(1, "--test-clock") { replicas in
                try await replicas.first.advance(to: try #require(Moment(Self.noon)))
                try await replicas.first.apply(policy: rules.isEmpty ? "envelopes: []" : rules)
                try await Self.work(replicas.first)
                let found = try await Self.anomalies(replicas.first)
                #expect(found.count == count)
                for anomaly in found { #expect(anomaly.kind == "cost_per_task" && anomaly.atStake == "4" && anomaly.suspensionId == nil) }
            }
        }

        @Test
        func oneOfThePolicysChoiceStopsItsAgentOnEveryReplicaAndIsClosed() async throws {
            try await Replicas.with(2, "--test-clock") { replicas in
                let client = replicas.first
                try await client.advance(to: try #require(Moment(Self.noon)))
                try await client.apply(policy: "anomalies: { do: { cost_per_task: suspend } }")
                try await Self.work(client)
                let anomaly = try #require(try await Self.anomalies(client).first)
                #expect(anomaly.suspensionId != nil)
                for (number, replica) in replicas.servers.enumerated() {
                    #expect(try await replica.client.reserve(Call(["agent_id": "a"], cost: "1"), key: "after-\(number)").problem == "suspended")
                }
                let path = "/v1/anomalies/\(anomaly.id)/close"
                #expect(try await client.send(.post, path, body: "{\"expected\":true,\"reason\":\"dearer and better\"}").status == 200)
                #expect(try await Self.anomalies(client).map(\.state) == ["closed"])
            }
        }
    }
}
