import Foundation
import Testing

extension EndToEnd {
    /// Whoever hears that a run was stopped hears what it did.
    @Suite
    struct StepLogTests {
        private static let policy = """
            envelopes:
              - { name: run-cost, match: { team_id: runs }, per: [run_id], meter: cost, limit: "10", window: { every: run },
                  plan: [ { at: 100, do: refuse }, { at: 150, do: suspend } ] }
              - { name: agent-cost, match: { team_id: agents }, per: [agent_id], meter: cost, limit: "10",
                  plan: [ { at: 100, do: refuse }, { at: 150, do: suspend } ] }
            """

        private static func step(_ client: APIClient, _ tags: [String: String], cost: String, charged: String, state: String) async throws {
            let names = tags.map { "\"\($0.key)\":\"\($0.value)\"" }.sorted().joined(separator: ",")
            let body = """
                {"tags":{\(names)},"model":"gpt-5","estimate":{"cost":"\(cost)","input_tokens":70,"output_tokens":30},"state_hash":"\(state)"}
                """
            let hold: HoldAnswer = try await client.send(
                .post, "/v1/reservations", body: body, idempotencyKey: UUID().uuidString
            ).decoded(201)
            let end = """
                {"cost":"\(charged)","usage":{"input_tokens":60,"output_tokens":20},"status":"error","latency_ms":812,"state_hash":"\(state)!"}
                """
            #expect(try await client.send(.post, "/v1/reservations/\(hold.id)/commit", body: end).status == 200)
        }

        private static func object(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        /// The message about a suspension that came to a path.
        private static func message(_ receiver: Receiver, _ path: String) async throws -> [String: Any] {
            try await eventually("a message at \(path)") { !receiver.messages(path).isEmpty }
            return try object(try #require(receiver.messages(path).first).body)
        }

        private static func with(_ body: (Replicas, Receiver) async throws -> Void) async throws {
            try await Receiver.with { receiver in
                try await Replicas.with(1, settings: ["PURSER_WEBHOOK_ALLOW_PRIVATE": "true"]) { replicas in
                    try await replicas.first.apply(policy: policy)
                    for kind in ["standard", "slack", "pagerduty"] {
                        _ = try await replicas.first.makeWebhook(
                            receiver.url("/\(kind)"), kind: kind, events: "[\"suspension.opened\"]",
                            extra: kind == "pagerduty" ? ",\"routing_key\":\"\(String(repeating: "r", count: 32))\"" : "")
                    }
                    try await body(replicas, receiver)
                }
            }
        }

        @Test
        func aSuspendedRunIsToldWithAllItsStepsAndBriefWhereRoomIsShort() async throws {
            try await Self.with { replicas, receiver in
                let reader = try await EventReader.open(replicas.first, "?types=suspension.opened")
                defer { reader.close() }
                let tags = ["team_id": "runs", "run_id": "r/1", "agent_id": "triage"]
                for number in 1...29 { try await Self.step(replicas.first, tags, cost: "0.1", charged: "0.1", state: "s\(number)") }
                try await Self.step(replicas.first, tags, cost: "0.1", charged: "13", state: "s30")

                let standard = try #require(try await Self.message(receiver, "/standard")["data"] as? [String: Any])
                try Self.expectWhole(try #require(standard["run"] as? [String: Any]))

                let slack = try await Self.message(receiver, "/slack")
                let blocks = try #require(slack["blocks"] as? [[String: Any]])
                let texts = blocks.compactMap { ($0["text"] as? [String: String])?["text"] }
                let log = try #require(texts.first { $0.hasPrefix("*Last 20 of 30 steps of run r/1* (15.9 ") })
                #expect(log.contains("#30 gpt-5 · 13 USD · 80 tokens · 812 ms · error · state s30!"))
                #expect(log.contains("#11 ") && !log.contains("#10 "))
                #expect(texts.allSatisfy { $0.count <= 3_000 } && blocks.count <= 50)

                let incident = try #require(try await Self.message(receiver, "/pagerduty")["payload"] as? [String: Any])
                let brief = try #require((incident["custom_details"] as? [String: Any])?["run"] as? [String: Any])
                #expect((brief["steps"] as? [[String: Any]])?.compactMap { $0["number"] as? Int } == Array(11...30))
                #expect(brief["count"] as? Int == 30 && brief["complete"] as? Bool == false)

                try await eventually("the stream tells it") { !reader.events.isEmpty }
                let streamed = try #require(try Self.object(reader.events[0].data)["data"] as? [String: Any])
                try Self.expectWhole(try #require(streamed["run"] as? [String: Any]))
                #expect(try await replicas.first.get("/v1/runs/r%2F1").status == 200)
            }
        }

        private static func expectWhole(_ run: [String: Any]) throws {
            #expect(run["run_id"] as? String == "r/1" && run["path"] as? String == "/v1/runs/r%2F1")
            #expect(run["count"] as? Int == 30 && run["complete"] as? Bool == true)
            #expect(run["cost"] as? String == "15.9" && run["tokens"] as? Int == 2_400)
            let steps = try #require(run["steps"] as? [[String: Any]])
            #expect(steps.compactMap { $0["number"] as? Int } == Array(1...30))
            let last = try #require(steps.last)
            #expect(last["model"] as? String == "gpt-5" && last["tokens"] as? Int == 80 && last["cost"] as? String == "13")
            #expect(last["latency_ms"] as? Int == 812 && last["status"] as? String == "error" && last["state_hash"] as? String == "s30!")
        }

        @Test
        func aSuspendedAgentIsToldWithTheRunOfItsLatestCall() async throws {
            try await Self.with { replicas, receiver in
                try await Self.step(
                    replicas.first, ["team_id": "agents", "run_id": "earlier", "agent_id": "triage"], cost: "1", charged: "1", state: "a")
                try await Self.step(
                    replicas.first, ["team_id": "agents", "run_id": "later", "agent_id": "triage"], cost: "1", charged: "15", state: "b")
                let data = try #require(try await Self.message(receiver, "/standard")["data"] as? [String: Any])
                #expect((data["subject"] as? [String: String]) == ["type": "agent", "id": "triage"])
                let run = try #require(data["run"] as? [String: Any])
                #expect(run["run_id"] as? String == "later" && (run["steps"] as? [[String: Any]])?.count == 1)
            }
        }
    }
}
