/// Looks, after a crash, for everything that clients were told before it.
struct Aftermath {
    private(set) var faults: [String] = []
    /// The holds that must still be open.
    private(set) var open: Set<String> = []
    /// How many holds were found by their keys, whose calls had not been answered; they are released again.
    private(set) var found = 0

    /// Checks all attempts, several at a time.
    mutating func check(_ attempts: [Attempt], _ client: APIClient) async throws {
        var rest = attempts[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Load.clients))
            rest = rest.dropFirst(some.count)
            let results = try await withThrowingTaskGroup(of: Result.self) { group in
                for attempt in some { group.addTask { try await Self.check(attempt, client) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for result in results {
                faults += result.faults
                open.formUnion(result.open)
                found += result.isFound ? 1 : 0
            }
        }
    }

    private struct Result: Sendable {
        var faults: [String] = []
        var open: [String] = []
        var isFound = false

        mutating func expect(_ condition: Bool, _ text: @autoclosure () -> String) {
            if !condition { faults.append(text()) }
        }
    }

    private static func check(_ attempt: Attempt, _ client: APIClient) async throws -> Result {
        var result = Result()
        guard let admitted = attempt.admitted, let id = attempt.id else {
            try await search(attempt, client, &result)
            return result
        }
        let again = try await client.reserve(attempt.call, key: attempt.key)
        result.expect(again.isReplayed && again.body == admitted, "the hold \(id) was answered \(admitted), now \(again)")
        let stored = try await client.get("/v1/reservations/\(id)")
        guard stored.status == 200 else {
            result.faults.append("the hold \(id) is lost: \(stored)")
            return result
        }
        try await checkSettlement(attempt, id, try stored.decoded(200), client, &result)
        return result
    }

    private static func checkSettlement(
        _ attempt: Attempt, _ id: String, _ stored: ReservationView, _ client: APIClient, _ result: inout Result
    ) async throws {
        switch (attempt.settlement, attempt.settled) {
        case (.none, _):
            result.expect(stored.state == "held", "nobody ended \(id), but it is \(stored.state)")
            result.open.append(id)
        case (.commit(let body), let settled?):
            let answer = Answer(status: 200, headers: [:], body: settled)
            let settlement: SettlementAnswer = try answer.decoded(200)
            let charged = settlement.late == true ? stored.lateCharge : stored.charged
            result.expect(stored.state == (settlement.late == true ? "expired" : "committed"), "\(id) was committed and is \(stored.state)")
            result.expect(charged == settlement.charged, "\(id) was charged \(settled), now \(String(describing: charged))")
            let again = try await client.commit(id, body)
            result.expect(again.isReplayed && again.body == settled, "the commit of \(id) was answered \(settled), now \(again)")
        case (.release, let settled?):
            result.expect(stored.state == "released", "\(id) was released and is \(stored.state)")
            let again = try await client.release(id)
            result.expect(again.isReplayed && again.body == settled, "the release of \(id) was answered \(settled), now \(again)")
        case (.commit(let body), nil):
            // Nobody knows whether it was booked; sending it again books it if not.
            let again = try await client.commit(id, body)
            result.expect(again.status == 200, "the commit of \(id), sent again, was answered \(again)")
            result.expect(stored.state != "committed" || again.isReplayed, "the commit of \(id) was booked twice")
        case (.release, nil):
            let again = try await client.release(id)
            result.expect(again.status == 200 && again.isReplayed == (stored.state == "released"), "the release of \(id), sent again: \(again)")
        }
    }

    /// Nobody knows whether there is a hold: the same key finds it or makes it. Short ones are left to expire.
    private static func search(_ attempt: Attempt, _ client: APIClient, _ result: inout Result) async throws {
        guard attempt.call.ttlSeconds > 1 else { return }
        let answer = try await client.reserve(attempt.call, key: attempt.key)
        guard answer.status == 201 else { return result.faults.append("a call that was not answered, sent again: \(answer)") }
        result.isFound = answer.isReplayed
        result.expect(
            try await client.release(answer.decoded(201, as: HoldAnswer.self).id).status == 200, "the hold of \(attempt.key) is not released")
    }
}
