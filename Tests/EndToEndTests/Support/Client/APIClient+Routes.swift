extension APIClient {
    func reserve(_ call: Call, key: String) async throws -> Answer {
        try await send(.post, "/v1/reservations", body: call.reserveBody, idempotencyKey: key)
    }

    func commit(_ id: String, _ body: String) async throws -> Answer {
        try await send(.post, "/v1/reservations/\(id)/commit", body: body)
    }

    func release(_ id: String) async throws -> Answer { try await send(.post, "/v1/reservations/\(id)/release", body: "{}") }

    func extend(_ id: String, seconds: Int) async throws -> Answer {
        try await send(.post, "/v1/reservations/\(id)/extend", body: "{\"ttl_seconds\":\(seconds)}")
    }

    func charge(_ body: String, key: String) async throws -> Answer {
        try await send(.post, "/v1/usage", body: body, idempotencyKey: key)
    }

    func reservation(_ id: String) async throws -> ReservationView { try await get("/v1/reservations/\(id)").decoded(200) }

    /// The balances of an envelope, of past windows too.
    func balances(_ envelope: String) async throws -> [BalanceView] { try await all("/v1/envelopes/\(envelope)/balances?window=all") }

    /// Puts a policy in force.
    func apply(policy: String) async throws {
        let answer = try await send(.post, "/v1/policy/versions", body: policy, type: "application/yaml")
        guard answer.status == 201 else { throw Failure("the policy was not taken: \(answer)") }
    }

    func importPrices(_ prices: String) async throws {
        let answer = try await send(.post, "/v1/prices/import", body: prices)
        guard answer.status == 200 else { throw Failure("the prices were not taken: \(answer)") }
    }

    func now() async throws -> Moment {
        let clock: ClockAnswer = try await get("/v1/test-clock").decoded(200)
        guard let now = Moment(clock.now) else { throw Failure("no time: \(clock.now)") }
        return now
    }

    /// Moves the test clock on; returns when all that is due by then was done.
    func advance(to time: Moment) async throws {
        let answer = try await send(.post, "/v1/test-clock/advance", body: "{\"to\":\"\(time)\"}")
        guard answer.status == 200 else { throw Failure("the clock did not move: \(answer)") }
    }
}
