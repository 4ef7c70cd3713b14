import Foundation
import Testing

extension EndToEnd {
    /// What happens reaches the endpoints: all of it, once, in order, whatever they answer and whoever dies.
    @Suite
    struct WebhookDeliveryTests {
        static let policy = """
            contacts:
              support-lead@example.com: [slack-support]
              finance: [books]
            envelopes:
              - { name: team, meter: cost, limit: "100", window: { every: month }, plan: [ { at: 50, do: alert }, { at: 100, do: refuse } ] }
              - { name: owned, owner: support-lead@example.com, match: { team_id: owned }, meter: cost, limit: "10", window: { every: month } }
            """

        static func with(_ count: Int = 1, _ body: (Replicas, Receiver) async throws -> Void) async throws {
            try await Receiver.with { receiver in
                try await Replicas.with(count, "--test-clock", settings: ["PURSER_WEBHOOK_ALLOW_PRIVATE": "true"]) { replicas in
                    try await replicas.first.apply(policy: policy)
                    try await body(replicas, receiver)
                    try await replicas.expectSound()
                }
            }
        }

        /// What each message tells as its reason, without who said so.
        static func reasons(_ messages: [Receiver.Message]) -> [String] {
            messages.compactMap { message in
                guard let object = try? JSONSerialization.jsonObject(with: Data(message.body.utf8)) as? [String: Any],
                    let data = object["data"] as? [String: Any]
                else { return nil }
                return (data["reason"] as? String)?.split(separator: " ").first.map(String.init)
            }
        }

        @Test
        func eventsArriveAtOnceInOrderAndSigned() async throws {
            try await Self.with { replicas, receiver in
                let folder = try TestFolder()
                defer { folder.remove() }
                let webhook = try await replicas.first.makeWebhook(receiver.url("/all"))
                try await replicas.first.makeEvents(0..<6)
                try await eventually("six messages") { receiver.messages("/all").count == 6 }
                let messages = receiver.messages("/all")
                #expect(Self.reasons(messages) == (0..<6).map { "\($0)" })
                #expect(Set(messages.map(\.id)).count == 6)
                #expect(messages[0].headers["content-type"] == "application/cloudevents+json")
                #expect(try await SignatureCheck.holds(messages[0], secret: webhook.secret ?? "", folder: folder))
                let other = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
                #expect(try await !SignatureCheck.holds(messages[0], secret: other, folder: folder))
                try await eventually("all are booked") { try await replicas.first.deliveries(webhook).allSatisfy { $0.state == "delivered" } }
                #expect(try await replicas.first.deliveries(webhook).map(\.eventId) == messages.reversed().map(\.id))
            }
        }

        @Test
        func whoIsNamedByAContactHearsOnlyOfItsEnvelopes() async throws {
            try await Self.with { replicas, receiver in
                _ = try await replicas.first.makeWebhook(receiver.url("/all"))
                _ = try await replicas.first.makeWebhook(receiver.url("/lead"), name: "slack-support")
                _ = try await replicas.first.makeWebhook(receiver.url("/books"), name: "books", events: "[\"envelope.frozen\"]")
                try await replicas.first.turn("team", frozen: true, reason: "a")
                try await replicas.first.turn("owned", frozen: true, reason: "b")
                try await replicas.first.turn("owned", frozen: false, reason: "c")
                try await eventually("everything came") { receiver.messages("/all").count == 3 && receiver.messages("/lead").count == 2 }
                try await eventually("finance heard") { receiver.messages("/books").count == 2 }
                #expect(Self.reasons(receiver.messages("/all")) == ["a", "b", "c"])
                #expect(Self.reasons(receiver.messages("/lead")) == ["b", "c"])
                #expect(Self.reasons(receiver.messages("/books")) == ["a", "b"])
            }
        }

        @Test
        func whatFailsIsSentAgainInOrderUnderTheSameID() async throws {
            try await Self.with { replicas, receiver in
                receiver.react("/shaky", [.status(500), .status(429, headers: ["retry-after": "120"]), .status(503), .status(200), .status(302)])
                let webhook = try await replicas.first.makeWebhook(receiver.url("/shaky"))
                try await replicas.first.makeEvents(0..<3)
                let start = try await replicas.first.now()
                try await eventually("the first try") { receiver.messages("/shaky").count == 1 }
                try await eventually("it is booked") { try await replicas.first.deliveries(webhook).last?.attemptCount == 1 }
                try await replicas.first.advance(to: start.adding(seconds: 1))
                #expect(receiver.messages("/shaky").count == 1, "not before two seconds, more or less")
                try await replicas.first.advance(to: start.adding(seconds: 3))
                #expect(receiver.messages("/shaky").count == 2)
                // Ten seconds by the plan, two minutes because the endpoint asked for it.
                try await replicas.first.advance(to: start.adding(seconds: 100))
                #expect(receiver.messages("/shaky").count == 2)
                try await replicas.first.advance(to: start.adding(seconds: 130))
                #expect(receiver.messages("/shaky").count == 3)
                try await replicas.first.advance(to: start.adding(seconds: 700))
                try await replicas.first.advance(to: start.adding(seconds: 710))
                let messages = receiver.messages("/shaky")
                #expect(messages.map(\.status) == [500, 429, 503, 200, 302, 200, 200])
                #expect(Self.reasons(messages) == ["0", "0", "0", "0", "1", "1", "2"])
                #expect(Set(messages.prefix(4).map(\.id)).count == 1)
                let first = try #require(try await replicas.first.deliveries(webhook).last)
                let detail = try await replicas.first.delivery(first.id)
                #expect(detail.attempts?.map(\.status) == [200, 503, 429, 500])
                #expect(detail.attempts?.last?.answer == "seen")
            }
        }

        @Test
        func aDeadLetterStepsAsideAndCanBeReplayed() async throws {
            try await Self.with { replicas, receiver in
                receiver.react("/dead", Array(repeating: .status(500), count: 12))
                let webhook = try await replicas.first.makeWebhook(receiver.url("/dead"), events: "[\"envelope.*\"]")
                try await replicas.first.makeEvents(0..<2)
                var now = try await replicas.first.now()
                for _ in 0..<14 {
                    now = now.adding(seconds: 27 * 3_600)
                    try await replicas.first.advance(to: now)
                }
                let messages = receiver.messages("/dead")
                #expect(messages.map(\.status) == Array(repeating: 500, count: 12) + [200])
                let deliveries = try await replicas.first.deliveries(webhook)
                #expect(deliveries.map(\.state) == ["delivered", "dead"])
                let dead = try #require(deliveries.last)
                let replay = try await replicas.first.send(.post, "/v1/deliveries/\(dead.id)/replay")
                #expect(replay.status == 202)
                try await eventually("it came") { receiver.messages("/dead").count == 14 }
                #expect(receiver.messages("/dead").last?.id == messages.first?.id)
                try await eventually("it is booked") { try await replicas.first.delivery(dead.id).state == "delivered" }
                #expect(try await replicas.first.delivery(dead.id).attemptCount == 13)
            }
        }

        @Test
        func anEndpointThatIsGoneIsLeftAlone() async throws {
            try await Self.with { replicas, receiver in
                receiver.react("/gone", [.status(410)])
                let gone = try await replicas.first.makeWebhook(receiver.url("/gone"))
                _ = try await replicas.first.makeWebhook(receiver.url("/log"), events: "[\"webhook.*\"]")
                try await replicas.first.makeEvents(0..<3)
                try await eventually("it is told") { receiver.messages("/log").count == 1 }
                try await eventually("what waited is dead") { try await !replicas.first.deliveries(gone).contains { $0.state == "pending" } }
                #expect(try await replicas.first.deliveries(gone).map(\.state).first == "dead")
                #expect(receiver.messages("/gone").count == 1)
                let view: WebhookView = try await replicas.first.get("/v1/webhooks/\(gone.id)").decoded(200)
                #expect(view.state == "disabled")
                let dead = try #require(try await replicas.first.deliveries(gone).last)
                #expect(try await replicas.first.send(.post, "/v1/deliveries/\(dead.id)/replay").problem == "conflict")
                let enabled = try await replicas.first.send(.patch, "/v1/webhooks/\(gone.id)", body: "{\"state\":\"active\"}")
                #expect(enabled.status == 200)
                #expect(try await replicas.first.send(.post, "/v1/deliveries/\(dead.id)/replay").status == 202)
                try await eventually("it came") { receiver.messages("/gone").count == 2 }
                #expect(receiver.messages("/gone").last?.id == dead.eventId)
            }
        }

        @Test
        func aSlowEndpointDelaysNoOther() async throws {
            try await Self.with { replicas, receiver in
                receiver.react("/slow", [], then: .hang)
                let slow = try await replicas.first.makeWebhook(receiver.url("/slow"))
                _ = try await replicas.first.makeWebhook(receiver.url("/quick"))
                try await replicas.first.makeEvents(0..<20)
                try await eventually("the quick one has all", within: .seconds(14)) { receiver.messages("/quick").count == 20 }
                #expect(try await replicas.first.deliveries(slow).last?.attemptCount == 0, "no attempt has ended")
                #expect(receiver.messages("/slow").count == 1)
                try await eventually("the slow one timed out") { try await replicas.first.deliveries(slow).last?.attemptCount == 1 }
                #expect(try await replicas.first.deliveries(slow).last?.lastError == "no answer within 15 s")
                receiver.letGo()
            }
        }

        @Test
        func duringARotationBothSecretsHold() async throws {
            try await Self.with { replicas, receiver in
                let folder = try TestFolder()
                defer { folder.remove() }
                let made = try await replicas.first.makeWebhook(receiver.url("/rotated"))
                let rotated: WebhookView = try await replicas.first.send(.post, "/v1/webhooks/\(made.id)/rotate-secret").decoded(200)
                let (old, new) = (made.secret ?? "", rotated.secret ?? "")
                #expect(old != new)
                try await replicas.first.makeEvents(0..<1)
                try await eventually("a message") { receiver.messages("/rotated").count == 1 }
                #expect(try await SignatureCheck.holds(receiver.messages("/rotated")[0], secret: old, folder: folder))
                #expect(try await SignatureCheck.holds(receiver.messages("/rotated")[0], secret: new, folder: folder))
                try await replicas.first.advance(to: try await replicas.first.now().adding(seconds: 86_401))
                try await replicas.first.makeEvents(1..<2)
                try await eventually("another message") { receiver.messages("/rotated").count == 2 }
                #expect(try await !SignatureCheck.holds(receiver.messages("/rotated")[1], secret: old, folder: folder))
                #expect(try await SignatureCheck.holds(receiver.messages("/rotated")[1], secret: new, folder: folder))
            }
        }

        @Test
        func aTestMessageIsAnsweredAtOnce() async throws {
            try await Self.with { replicas, receiver in
                receiver.react("/probe", [.status(418), .status(204)])
                let webhook = try await replicas.first.makeWebhook(receiver.url("/probe"))
                let failed: DeliveryView = try await replicas.first.send(.post, "/v1/webhooks/\(webhook.id)/test").decoded(200)
                #expect(failed.kind == "webhook.test")
                #expect(failed.state == "dead")
                #expect(failed.attempts?.first?.status == 418)
                #expect(failed.request?.body == receiver.messages("/probe")[0].body)
                let passed: DeliveryView = try await replicas.first.send(.post, "/v1/webhooks/\(webhook.id)/test").decoded(200)
                #expect(passed.state == "delivered")
            }
        }

        @Test
        func anAlertTellsWhatIsNeededToAct() async throws {
            try await Self.with { replicas, receiver in
                _ = try await replicas.first.makeWebhook(receiver.url("/alerts"), events: "[\"alert.*\"]")
                _ = try await replicas.first.makeWebhook(receiver.url("/slack"), kind: "slack", events: "[\"alert\"]")
                let charge = Call(["team_id": "x", "agent_id": "triage-7", "environment": "staging"], cost: "60").usageBody
                #expect(try await replicas.first.charge(charge, key: "one").status == 201)
                try await eventually("both heard") { receiver.messages("/alerts").count == 1 && receiver.messages("/slack").count == 1 }
                let body = receiver.messages("/alerts")[0].body
                for member in ["\"top_spenders\":[{", "\"triage-7\"", "\"burn_rate\":", "\"links\":", "\"type\":\"purser.alert\""] {
                    #expect(body.contains(member), "\(member) in \(body)")
                }
                #expect(receiver.messages("/slack")[0].body.contains("• agent triage-7: 60"))
            }
        }

        @Test
        func aConnectionThatIsResetIsTriedAgain() async throws {
            try await Self.with { replicas, _ in
                let listener = try ResettingListener()
                defer { listener.close() }
                let webhook = try await replicas.first.makeWebhook("http://127.0.0.1:\(listener.port)/x")
                try await replicas.first.makeEvents(0..<1)
                try await eventually("it is booked") { try await replicas.first.deliveries(webhook).first?.attemptCount == 1 }
                try await replicas.first.advance(to: try await replicas.first.now().adding(seconds: 3))
                let delivery = try #require(try await replicas.first.deliveries(webhook).first)
                #expect(delivery.attemptCount == 2)
                #expect(delivery.state == "pending")
                #expect(delivery.lastStatus == nil)
                #expect(delivery.lastError?.isEmpty == false)
                #expect(listener.connections >= 2)
            }
        }
    }
}
