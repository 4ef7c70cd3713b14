import Synchronization

/// Clients that reserve and settle as fast as they are answered, until they are told to stop, and note every answer.
final class Load: Sendable {
    struct State: Sendable {
        var attempts: [Attempt] = []
        var admitted = 0
        var unavailable = 0
        var faults: [String] = []
        var isStopped = false
    }

    static let clients = 32

    private let state = Mutex(State())
    private let name: String

    /// - Parameter name: makes the keys of this load its own.
    init(name: String) { self.name = name }

    var now: State { state.withLock { $0 } }

    func stop() { state.withLock { $0.isStopped = true } }

    /// Runs until it is stopped. Lost connections and 503 are part of the game.
    func run(_ client: APIClient) async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<Self.clients {
                group.addTask {
                    var random = SplitMix64(seed: Options.seed &+ UInt64(number))
                    var count = 0
                    while !Task.isCancelled, !self.state.withLock({ $0.isStopped }) {
                        count += 1
                        let attempt = await self.attempt("\(self.name)-\(number)-\(count)", client, &random)
                        self.state.withLock { $0.attempts.append(attempt) }
                        // A server that is gone answers at once: give it a moment.
                        if attempt.admitted == nil { try? await Task.sleep(for: .milliseconds(20)) }
                    }
                }
            }
        }
    }

    private func attempt(_ key: String, _ client: APIClient, _ random: inout SplitMix64) async -> Attempt {
        // Those that live for a second only are settled at once, or expire.
        let isShort = random.percent(25)
        let tags = ["team_id": "t\(Int.random(in: 0..<4, using: &random))", "agent_id": "a\(Int.random(in: 0..<16, using: &random))"]
        let cost = Quantity.money(.random(in: 1...900_000_000, using: &random))
        var attempt = Attempt(key: key, call: Call(tags, cost: cost, ttlSeconds: isShort ? 1 : 3_600))
        guard let answer = await answer(201, { try await client.reserve(attempt.call, key: key) }) else { return attempt }
        attempt.admitted = answer.body
        attempt.id = try? answer.decoded(201, as: HoldAnswer.self).id
        state.withLock { $0.admitted += 1 }
        guard let id = attempt.id else { return attempt }
        if isShort || random.percent(50) {
            let body = "{\"cost\":\"\(Quantity.money(.random(in: 1...1_200_000_000, using: &random)))\"}"
            attempt.settlement = .commit(body)
            attempt.settled = await self.answer(200) { try await client.commit(id, body) }?.body
        } else if random.percent(40) {
            attempt.settlement = .release
            attempt.settled = await self.answer(200) { try await client.release(id) }?.body
        }
        return attempt
    }

    /// The answer, if it has the status; nil for 503 and for none at all. Anything else is a fault.
    private func answer(_ status: Int, _ request: () async throws -> Answer) async -> Answer? {
        guard let answer = try? await request() else { return nil }
        if answer.status == status { return answer }
        state.withLock { state in
            state.unavailable += 1
            let isPolite =
                answer.status == 503 && ["store-unavailable", "overloaded"].contains(answer.problem) && answer.headers["retry-after"] != nil
            if !isPolite { state.faults.append("\(answer)") }
        }
        return nil
    }
}
