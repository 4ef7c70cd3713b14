import Testing

extension EndToEnd {
    /// A hold ends once, however often and wherever that is asked for.
    @Suite
    struct SettlementRepetitionTests {
        private static let rounds = 30
        /// Without envelopes there is no balance that stands between two replicas.
        private static let policies = ["envelopes: [ { name: all, meter: cost, limit: \"1000\" } ]", "envelopes: []"]

        @Test(arguments: policies)
        func aRepeatedCommitChargesOnce(policy: String) async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.first.apply(policy: policy)
                for round in 0..<Self.rounds {
                    let id = try await hold(replicas.first, "k\(round)")
                    async let left = replicas.first.commit(id, "{\"cost\":\"0.25\"}")
                    async let right = replicas.last.commit(id, "{\"cost\":\"0.25\"}")
                    let answers = try await [left, right, replicas.clients[round % 2].commit(id, "{\"cost\":\"0.250\",\"status\":null}")]
                    #expect(answers.map(\.status) == [200, 200, 200] && Set(answers.map(\.body)).count == 1)
                    #expect(answers[..<2].filter(\.isReplayed).count == 1 && answers[2].isReplayed)
                    try await expectSettled(id, "committed", replicas.last) { try await $0.commit(id, "{\"cost\":\"0.26\"}") }
                    try await expectSettled(id, "committed", replicas.first) { try await $0.release(id) }
                    try await expectSettled(id, "committed", replicas.first) { try await $0.extend(id, seconds: 60) }
                }
                let tables = try await replicas.expectSound()
                #expect(tables.ends.count == Self.rounds && tables.lateCharges.isEmpty)
                #expect(tables.balances.values.allSatisfy { $0.spent == Int64(Self.rounds) * 250_000_000 })
                #expect(tables.balances.values.allSatisfy { $0.version == Int64(Self.rounds) * 2 })
            }
        }

        @Test(arguments: policies)
        func twoCommitsAtOnceThatDifferChargeOne(policy: String) async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.first.apply(policy: policy)
                for round in 0..<Self.rounds {
                    let id = try await hold(replicas.first, "k\(round)")
                    async let left = replicas.first.commit(id, "{\"cost\":\"0.25\"}")
                    async let right = replicas.last.commit(id, "{\"cost\":\"0.35\"}")
                    let answers = try await [left, right]
                    #expect(answers.map(\.status).sorted() == [200, 409])
                    #expect(answers.compactMap(\.problem) == ["already-settled"])
                }
                #expect(try await replicas.expectSound().ends.count == Self.rounds)
            }
        }

        @Test(arguments: policies)
        func aCommitAfterAReleaseIsLateOnce(policy: String) async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.first.apply(policy: policy)
                for round in 0..<Self.rounds {
                    let id = try await hold(replicas.first, "k\(round)")
                    async let left = replicas.first.release(id)
                    async let right = replicas.last.release(id)
                    let releases = try await [left, right]
                    #expect(releases.map(\.status) == [200, 200] && releases[0].body == releases[1].body)
                    try await expectSettled(id, "released", replicas.first) { try await $0.extend(id, seconds: 60) }
                    try await expectLateOnce(id, replicas)
                }
                try await expectLateCharges(replicas)
            }
        }

        @Test(arguments: policies)
        func aCommitAfterAnExpiryIsLateOnce(policy: String) async throws {
            try await Replicas.with(2, "--test-clock") { replicas in
                try await replicas.first.apply(policy: policy)
                for round in 0..<Self.rounds {
                    let id = try await hold(replicas.first, "k\(round)")
                    try await replicas.clients[round % 2].advance(to: try await replicas.first.now().adding(seconds: 120))
                    #expect(try await replicas.last.reservation(id).state == "expired")
                    try await expectSettled(id, "expired", replicas.first) { try await $0.release(id) }
                    try await expectSettled(id, "expired", replicas.last) { try await $0.extend(id, seconds: 60) }
                    try await expectLateOnce(id, replicas)
                }
                try await expectLateCharges(replicas)
            }
        }

        @Test
        func aConflictNamesTheSettlement() async throws {
            try await Replicas.with(1) { replicas in
                let client = replicas.first
                let committed = try await hold(client, "committed")
                let released = try await hold(client, "released")
                _ = try await client.commit(committed, "{\"cost\":\"0.25\"}")
                _ = try await client.release(released)
                let afterCommit = try await client.release(committed).decoded(409, as: ProblemAnswer.self).settlement
                let afterRelease = try await client.extend(released, seconds: 60).decoded(409, as: ProblemAnswer.self).settlement
                _ = try await client.commit(released, "{\"cost\":\"0.30\"}")
                let afterLate = try await client.commit(released, "{\"cost\":\"0.35\"}").decoded(409, as: ProblemAnswer.self).settlement
                let settlements = [afterCommit, afterRelease, afterLate]
                #expect(settlements.map { $0?.kind } == ["commit", "release", "late"])
                #expect(settlements.map { $0?.state } == ["committed", "released", "committed"])
                #expect(settlements.map { $0?.charged.cost } == [250_000_000, 0, 300_000_000])
            }
        }

        private func hold(_ client: APIClient, _ key: String) async throws -> String {
            try await client.reserve(Call(["project": "p"], cost: "0.30"), key: key).decoded(201, as: HoldAnswer.self).id
        }

        private func expectLateOnce(_ id: String, _ replicas: Replicas) async throws {
            async let left = replicas.first.commit(id, "{\"cost\":\"0.25\"}")
            async let right = replicas.last.commit(id, "{\"cost\":\"0.25\"}")
            let answers = try await [left, right]
            #expect(answers[0].body == answers[1].body && answers.filter(\.isReplayed).count == 1)
            let settlement: SettlementAnswer = try answers[0].decoded(200)
            #expect(settlement.late == true)
            #expect(settlement.charged == Amounts(cost: 250_000_000, modelCalls: 1))
            #expect(settlement.returned == Amounts())
            try await expectSettled(id, "committed", replicas.last) { try await $0.commit(id, "{\"cost\":\"0.26\"}") }
        }

        private func expectSettled(
            _ id: String, _ state: String, _ client: APIClient, _ request: (APIClient) async throws -> Answer,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let answer = try await request(client)
            #expect(answer.problem == "already-settled", sourceLocation: sourceLocation)
            let settlement = try answer.decoded(409, as: ProblemAnswer.self).settlement
            #expect(settlement?.state == state, sourceLocation: sourceLocation)
        }

        private func expectLateCharges(_ replicas: Replicas) async throws {
            let tables = try await replicas.expectSound()
            #expect(tables.lateCharges.count == Self.rounds)
            #expect(tables.balances.values.allSatisfy { $0.spent == Int64(Self.rounds) * 250_000_000 && $0.held == 0 })
        }
    }
}
