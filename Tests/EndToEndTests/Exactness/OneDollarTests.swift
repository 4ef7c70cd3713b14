import Testing

extension EndToEnd {
    /// As many calls at once as anybody likes never spend a dollar twice.
    @Suite
    struct OneDollarTests {
        private static let rounds = 10
        private static let callers = 64

        @Test(arguments: [1, 2])
        func fiveOfSixtyFourAreAdmittedEveryTime(replicaCount: Int) async throws {
            try await Replicas.with(replicaCount) { replicas in
                try await replicas.first.apply(
                    policy: "envelopes: [ { name: dollar, per: [project], meter: cost, limit: \"1.00\" } ]")
                for round in 0..<Self.rounds { try await race(round, replicas) }
                let tables = try await replicas.expectSound()
                #expect(tables.reservations.count == 5 * Self.rounds)
                #expect(tables.balances.values.allSatisfy { $0.held == 900_000_000 && $0.version == 5 })
                #expect(tables.refusals.count + Int(tables.refusalsCounted) == 59 * Self.rounds)
            }
        }

        private func race(_ round: Int, _ replicas: Replicas) async throws {
            let call = Call(["project": "p\(round)"], cost: "0.18", ttlSeconds: 3_600)
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for caller in 0..<Self.callers {
                    let client = replicas.clients[caller % replicas.clients.count]
                    group.addTask { try await client.reserve(call, key: "\(round)-\(caller)") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let admitted = try answers.filter { $0.status == 201 }.map { try $0.decoded(201, as: HoldAnswer.self) }
            #expect(admitted.count == 5)
            // Each of them saw another state of the envelope.
            #expect(Set(admitted.map { $0.envelopes[0].held.value }) == Set((1...5).map { Int64($0) * 180_000_000 }))
            let refused = answers.filter { $0.status == 402 }
            #expect(refused.count == 59)
            for answer in refused {
                #expect(answer.problem == "envelope-exhausted")
                let violation = try #require(try answer.decoded(402, as: ProblemAnswer.self).violations?.first)
                #expect(violation.held.value == 900_000_000 && violation.requested.value == 180_000_000)
            }
        }
    }
}
