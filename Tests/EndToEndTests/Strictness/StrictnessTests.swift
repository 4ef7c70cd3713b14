import Foundation
import Testing

extension EndToEnd {
    /// Once one replica has acknowledged a change, every replica decides by it, busy as it may be.
    @Suite
    struct StrictnessTests {
        private static let rounds = 100

        @Test
        func aPolicyBindsTheNextCallEverywhere() async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.first.apply(policy: Self.policy("0"))
                try await replicas.underLoad {
                    for round in 0..<Self.rounds {
                        let (one, other) = (replicas.clients[round % 2], replicas.clients[(round + 1) % 2])
                        let isOpen = round % 2 == 0
                        try await one.apply(policy: Self.policy(isOpen ? "1" : "0"))
                        async let first = other.reserve(Call(["project": "p\(round)"], cost: "0.5"), key: "a\(round)")
                        async let second = other.reserve(Call(["project": "q\(round)"], cost: "0.5"), key: "b\(round)")
                        async let third = one.reserve(Call(["project": "r\(round)"], cost: "0.5"), key: "c\(round)")
                        let statuses = try await [first, second, third].map(\.status)
                        #expect(statuses == Array(repeating: isOpen ? 201 : 402, count: 3), "round \(round)")
                    }
                }
                try await replicas.expectSound()
            }
        }

        @Test
        func aRevokedKeyIsRefusedEverywhere() async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.underLoad {
                    for round in 0..<Self.rounds {
                        let (one, other) = (replicas.clients[round % 2], replicas.clients[(round + 1) % 2])
                        let made = try await one.send(.post, "/v1/keys", body: "{\"role\":\"gateway\"}").decoded(201, as: KeyAnswer.self)
                        let gateway = other.with(key: made.key)
                        let hold = try await gateway.reserve(Call([:], cost: "0.5"), key: "a\(round)").decoded(201, as: HoldAnswer.self)
                        #expect(try await one.send(.delete, "/v1/keys/\(made.id)").status == 204)
                        let answers = [
                            try await gateway.reserve(Call([:], cost: "0.5"), key: "b\(round)"),
                            try await gateway.commit(hold.id, "{\"cost\":\"0.5\"}"),
                            try await gateway.get("/v1/reservations/\(hold.id)"), try await one.with(key: made.key).release(hold.id),
                        ]
                        #expect(answers.map(\.status) == [401, 401, 401, 401], "round \(round)")
                        #expect(try await other.reservation(hold.id).state == "held")
                    }
                }
                try await replicas.expectSound()
            }
        }

        @Test
        func aClosedOrganisationIsRefusedEverywhere() async throws {
            try await Replicas.with(2) { replicas in
                let made = try await replicas.first.send(.post, "/v1/orgs", body: "{\"name\":\"acme\",\"currency\":\"EUR\"}")
                let key = try made.decoded(201, as: OrganisationAnswer.self).adminKey
                try await replicas.underLoad(key: key) {
                    for round in 0..<Self.rounds {
                        let (one, other) = (replicas.clients[round % 2], replicas.clients[(round + 1) % 2])
                        let acme = other.with(key: key)
                        let hold = try await acme.reserve(Call([:], cost: "0.5"), key: "a\(round)").decoded(201, as: HoldAnswer.self)
                        #expect(try await one.send(.patch, "/v1/orgs/acme", body: "{\"state\":\"closed\"}").status == 200)
                        let answers = [
                            try await acme.reserve(Call([:], cost: "0.5"), key: "b\(round)"), try await acme.commit(hold.id, "{\"cost\":\"0.5\"}"),
                            try await acme.get("/v1/envelopes"),
                        ]
                        #expect(answers.map(\.status) == [401, 401, 401], "round \(round)")
                        #expect(try await one.send(.patch, "/v1/orgs/acme", body: "{\"state\":\"active\"}").status == 200)
                        #expect(try await acme.commit(hold.id, "{\"cost\":\"0.5\"}").status == 200)
                    }
                }
                try await replicas.expectSound()
            }
        }

        @Test
        func importedPricesCountAtOnceEverywhere() async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.underLoad {
                    for round in 1...Self.rounds {
                        let (one, other) = (replicas.clients[round % 2], replicas.clients[(round + 1) % 2])
                        try await one.importPrices("{\"m\":{\"input_cost_per_token\":\(round)e-6,\"output_cost_per_token\":0}}")
                        var call = Call(tags: [:], model: "m", tool: nil)
                        call.inputTokens = 1_000
                        let hold = try await other.reserve(call, key: "k\(round)").decoded(201, as: HoldAnswer.self)
                        #expect(hold.held.cost == Int64(round) * 1_000_000, "round \(round)")
                    }
                }
                try await replicas.expectSound()
            }
        }

        private static func policy(_ limit: String) -> String {
            "envelopes: [ { name: project, match: { project: \"*\" }, per: [project], meter: cost, limit: \"\(limit)\" } ]"
        }
    }
}
