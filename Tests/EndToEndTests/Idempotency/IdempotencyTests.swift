import Testing

extension EndToEnd {
    /// The same key never holds twice, and every answer can be had again.
    @Suite
    struct IdempotencyTests {
        private static let rounds = 100
        private static let policy = """
            envelopes:
              - { name: all, match: { project: "*" }, meter: cost, limit: "1000" }
              - { name: project, match: { project: "*" }, per: [project], meter: cost, limit: "500" }
            """

        @Test
        func theSameCallAtOnceAtTwoReplicasHoldsOnce() async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.first.apply(policy: Self.policy)
                for round in 0..<Self.rounds {
                    // Every third call matches no envelope, so that no balance stands between the two.
                    let call = Call(round % 3 == 0 ? ["team_id": "t"] : ["project": "p\(round % 4)"], cost: "0.18")
                    async let left = replicas.first.reserve(call, key: "k\(round)")
                    async let right = replicas.last.reserve(call, key: "k\(round)")
                    let answers = try await [left, right, replicas.clients[round % 2].reserve(call, key: "k\(round)")]
                    #expect(answers.map(\.status) == [201, 201, 201])
                    #expect(Set(answers.map(\.body)).count == 1)
                    #expect(Set(answers.map { $0.headers["location"] }).count == 1)
                    #expect(answers[..<2].filter(\.isReplayed).count == 1 && answers[2].isReplayed)
                }
                #expect(try await replicas.expectSound().reservations.count == Self.rounds)
            }
        }

        @Test
        func anotherBodyUnderTheSameKeyIsRefused() async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.first.apply(policy: Self.policy)
                for round in 0..<Self.rounds {
                    // At once, and without a balance in common unless both count in `all`.
                    let left = Call([round % 2 == 0 ? "project" : "team_id": "left\(round)"], cost: "0.18")
                    let right = Call([round % 2 == 0 ? "project" : "user_id": "right\(round)"], cost: "0.18")
                    async let leftAnswer = replicas.first.reserve(left, key: "k\(round)")
                    async let rightAnswer = replicas.last.reserve(right, key: "k\(round)")
                    let answers = try await [leftAnswer, rightAnswer]
                    #expect(answers.map(\.status).sorted() == [201, 422])
                    #expect(answers.compactMap(\.problem) == ["idempotency-mismatch"])
                    let loser = answers[0].status == 201 ? right : left
                    #expect(try await replicas.clients[round % 2].reserve(loser, key: "k\(round)").problem == "idempotency-mismatch")
                }
                let tables = try await replicas.expectSound()
                #expect(tables.reservations.count == Self.rounds)
                #expect(tables.balances.values.filter { $0.envelope == "project" && $0.version > 0 }.count == Self.rounds / 2)
            }
        }

        @Test
        func aRefusalBindsNothing() async throws {
            try await Replicas.with(2) { replicas in
                let policy = { (limit: String) in "envelopes: [ { name: all, meter: cost, limit: \"\(limit)\" } ]" }
                try await replicas.first.apply(policy: policy("0.10"))
                let call = Call(["project": "p"], cost: "0.18")
                for client in replicas.clients { #expect(try await client.reserve(call, key: "k").problem == "envelope-exhausted") }
                try await replicas.first.apply(policy: policy("0.20"))
                let admitted = try await replicas.last.reserve(call, key: "k")
                #expect(admitted.status == 201 && !admitted.isReplayed)
                // An answer stays what it was, whatever becomes of limit, balance and hold.
                try await replicas.first.apply(policy: policy("0.05"))
                let hold: HoldAnswer = try admitted.decoded(201)
                #expect(try await replicas.first.commit(hold.id, "{\"cost\":\"0.20\"}").status == 200)
                for client in replicas.clients {
                    let again = try await client.reserve(call, key: "k")
                    #expect(again.status == 201 && again.isReplayed && again.body == admitted.body)
                }
                #expect(try await replicas.expectSound().reservations.count == 1)
            }
        }

        @Test
        func aDirectChargeIsBookedOnce() async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.first.apply(policy: Self.policy)
                for round in 0..<Self.rounds {
                    let body = Call(["project": "p"], cost: "0.25").usageBody
                    async let left = replicas.first.charge(body, key: "k\(round)")
                    async let right = replicas.last.charge(body, key: "k\(round)")
                    let answers = try await [left, right]
                    #expect(answers.map(\.status) == [201, 201] && answers[0].body == answers[1].body)
                    #expect(answers.filter(\.isReplayed).count == 1)
                    let other = try await replicas.first.charge(Call(["project": "p"], cost: "0.26").usageBody, key: "k\(round)")
                    #expect(other.problem == "idempotency-mismatch")
                }
                // A key is one of its route.
                #expect(try await replicas.first.reserve(Call(["project": "p"], cost: "0.25"), key: "k0").status == 201)
                let tables = try await replicas.expectSound()
                #expect(tables.directCharges.count == Self.rounds)
                #expect(tables.balances.values.allSatisfy { $0.spent == Int64(Self.rounds) * 250_000_000 })
            }
        }
    }
}
