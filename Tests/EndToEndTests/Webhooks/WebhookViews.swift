/// A webhook, as the service answers it.
struct WebhookView: Decodable, Sendable {
    let id: String
    let name: String?
    let url: String
    let kind: String
    let events: [String]
    let state: String
    let reason: String?
    let routingKey: String?
    let secret: String?
}

/// A delivery in a list, or, with request and attempts, alone.
struct DeliveryView: Decodable, Sendable {
    struct Request: Decodable, Sendable {
        let url: String
        let body: String
    }

    struct Attempt: Decodable, Sendable {
        let number: Int
        let status: Int?
        let answer: String?
        let error: String?
    }

    let id: String
    let eventId: String
    let kind: String
    let state: String
    let attemptCount: Int
    let nextAttemptAt: String?
    let lastStatus: Int?
    let lastError: String?
    let request: Request?
    let attempts: [Attempt]?
}

extension APIClient {
    func makeWebhook(_ url: String, kind: String = "standard", name: String? = nil, events: String? = nil, extra: String = "") async throws
        -> WebhookView
    {
        let members = ["\"url\":\"\(url)\"", "\"kind\":\"\(kind)\"", name.map { "\"name\":\"\($0)\"" }, events.map { "\"events\":\($0)" }]
        return try await send(.post, "/v1/webhooks", body: "{\(members.compactMap { $0 }.joined(separator: ","))\(extra)}").decoded(201)
    }

    func deliveries(_ webhook: WebhookView) async throws -> [DeliveryView] { try await all("/v1/webhooks/\(webhook.id)/deliveries") }

    func delivery(_ id: String) async throws -> DeliveryView { try await get("/v1/deliveries/\(id)").decoded(200) }

    /// Makes an event: freezes an envelope, or unfreezes it.
    func turn(_ envelope: String, frozen: Bool, reason: String) async throws {
        let answer = try await send(.post, "/v1/envelopes/\(envelope)/\(frozen ? "freeze" : "unfreeze")", body: "{\"reason\":\"\(reason)\"}")
        guard answer.status == 200 else { throw Failure("not turned: \(answer)") }
    }

    /// Makes so many events of one envelope; their reasons are `0`, `1` ….
    func makeEvents(_ numbers: Range<Int>, envelope: String = "team") async throws {
        for number in numbers { try await turn(envelope, frozen: number % 2 == 0, reason: "\(number)") }
    }
}
