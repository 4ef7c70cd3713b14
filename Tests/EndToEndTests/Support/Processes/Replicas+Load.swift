extension Replicas {
    /// One of the callers that keep the replicas busy.
    struct Caller: Sendable {
        let client: APIClient
        /// Counts the callers of all replicas; the replica is this number modulo theirs.
        let number: Int
    }

    /// Runs `body` while other callers keep each replica busy, so that batches are under way at every moment.
    ///
    /// - Parameters:
    ///   - callers: of each replica.
    ///   - call: what a caller does over and over, and how often it did before; it throws where an answer is wrong.
    func underLoad(
        callers: Int = 3, key: String = Replicas.adminKey,
        call: @escaping @Sendable (_ caller: Caller, _ count: Int) async throws -> Void = Replicas.reserveAnything,
        _ body: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<callers * clients.count {
                let caller = Caller(client: clients[number % clients.count].with(key: key), number: number)
                group.addTask {
                    var count = 0
                    while !Task.isCancelled {
                        try await call(caller, count)
                        count += 1
                    }
                }
            }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Nothing speaks against the call, unless its organisation is closed just now.
    static func reserveAnything(_ caller: Caller, _ count: Int) async throws {
        let answer = try? await caller.client.reserve(Call(["team_id": "busy"], cost: "0.01"), key: "busy-\(caller.number)-\(count)")
        if let answer, answer.status != 201, answer.status != 401 { throw Failure("\(answer)") }
    }
}
