import Foundation
import Testing

extension EndToEnd {
    /// Webhooks while processes die and several replicas send.
    @Suite
    struct WebhookFaultTests {
        @Test
        func nothingIsLostWhenPurserIsKilled() async throws {
            try await Receiver.with { receiver in
                let folder = try TestFolder()
                defer { folder.remove() }
                let program = PurserProgram(
                    folder: folder, databaseURL: try await SharedPostgres.database(), adminKey: Replicas.adminKey,
                    settings: ["PURSER_WEBHOOK_ALLOW_PRIVATE": "true"])
                var server = try await PurserServer.start(program)
                try await server.client.apply(policy: WebhookDeliveryTests.policy)
                // The first request is taken, and never answered.
                receiver.react("/killed", [.hang])
                let webhook = try await server.client.makeWebhook(receiver.url("/killed"))
                try await server.client.makeEvents(0..<10)
                try await eventually("the first came") { receiver.messages("/killed").count == 1 }
                try await server.kill()
                server = try await PurserServer.start(program)
                // The claim of the dead replica runs out first.
                try await eventually("all are delivered", within: .seconds(90)) {
                    let deliveries = try await server.client.deliveries(webhook)
                    return deliveries.count == 10 && deliveries.allSatisfy { $0.state == "delivered" }
                }
                let messages = receiver.messages("/killed")
                #expect(WebhookDeliveryTests.reasons(messages) == ["0"] + (0..<10).map { "\($0)" })
                #expect(messages[0].id == messages[1].id)
                #expect(Set(messages.map(\.id)).count == 10)
                receiver.letGo()
                #expect(try await server.terminate() == 0)
            }
        }

        @Test
        func replicasSendEachMessageOnceAndOneAtATime() async throws {
            try await WebhookDeliveryTests.with(2) { replicas, receiver in
                let paths = (0..<5).map { "/r\($0)" }
                for path in paths { _ = try await replicas.first.makeWebhook(receiver.url(path)) }
                for number in 0..<40 {
                    let client = number % 4 < 2 ? replicas.first : replicas.last
                    try await client.makeEvents(number..<(number + 1))
                }
                for path in paths {
                    try await eventually("all came to \(path)") { receiver.messages(path).count >= 40 }
                    #expect(WebhookDeliveryTests.reasons(receiver.messages(path)) == (0..<40).map { "\($0)" })
                    #expect(receiver.mostOpen(path) == 1)
                }
            }
        }
    }
}
