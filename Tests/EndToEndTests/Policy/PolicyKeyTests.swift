import Foundation
import Testing

extension EndToEnd {
    /// Every key of the policy language changes an answer.
    @Suite
    struct PolicyKeyTests {
        /// A Wednesday.
        private static let noon = "2030-10-30T12:00:00Z"

        private static let tables: [[PolicyKeyCase]] = [
            PolicyKeyCase.envelopes, PolicyKeyCase.plans, PolicyKeyCase.tagRules, PolicyKeyCase.accessRules, PolicyKeyCase.routes,
            PolicyKeyCase.people, PolicyKeyCase.breakers,
        ]

        /// Keys that act in the course of time; the tests below are theirs.
        private static let timed = [
            "envelopes[].plan[].within", "envelopes[].rollover", "envelopes[].rollover.up_to", "envelopes[].rollover.expires_in",
            // See AnomalyTests.
            "anomalies", "anomalies.minimum_cost", "anomalies.sensitivity", "anomalies.do", "anomalies.planned", "anomalies.planned[].from",
            "anomalies.planned[].to", "anomalies.planned[].match", "anomalies.planned[].reason",
        ]

        /// Baselines are compared by a job, over the use of days; its tests are theirs.
        private static let byJobs = ["breakers[].when.tokens"]

        @Test(arguments: tables.indices)
        func theSameCallGetsAnotherAnswer(table: Int) async throws {
            try await Replicas.with(1, "--test-clock") { replicas in
                try await replicas.first.advance(to: try #require(Moment(Self.noon)))
                for (number, key) in Self.tables[table].enumerated() {
                    let faults = try await key.faults(replicas.first, number: number)
                    #expect(faults == [])
                }
            }
        }

        /// The server names the keys that it knows beside one that it does not: each of them is in a table.
        @Test
        func noKeyIsWithoutATest() async throws {
            let places = [
                ("", "nonsense: 1"), ("tags.", "tags: { nonsense: 1 }"), ("tags.exceptions[].", "tags: { exceptions: [{ nonsense: 1 }] }"),
                ("envelopes[].", "envelopes: [{ nonsense: 1 }]"), ("envelopes[].window.", "envelopes: [{ window: { every: day, nonsense: 1 } }]"),
                ("envelopes[].rollover.", "envelopes: [{ meter: cost, rollover: { nonsense: 1 } }]"),
                ("envelopes[].plan[].", "envelopes: [{ plan: [{ nonsense: 1 }] }]"), ("tools[].", "tools: [{ nonsense: 1 }]"),
                ("tools[].when.", "tools: [{ when: { nonsense: 1 } }]"), ("model_rules[].", "model_rules: [{ nonsense: 1 }]"),
                ("model_rules[].when.", "model_rules: [{ when: { nonsense: 1 } }]"), ("models.*.", "models: { m: { nonsense: 1 } }"),
                ("workflows.*.", "workflows: { w: { nonsense: 1 } }"), ("breakers[].", "breakers: [{ nonsense: 1 }]"),
                ("breakers[].when.", "breakers: [{ when: { nonsense: 1 } }]"), ("unknown_price.", "unknown_price: { nonsense: 1 }"),
                ("anomalies.", "anomalies: { nonsense: 1 }"), ("anomalies.planned[].", "anomalies: { planned: [{ nonsense: 1 }] }"),
            ]
            let tested = Set((Self.tables.flatMap { $0.map(\.key) } + Self.timed + Self.byJobs).map { $0.components(separatedBy: ": ")[0] })
            try await Replicas.with(1) { replicas in
                for (prefix, policy) in places {
                    let answer = try await replicas.first.send(.post, "/v1/policy/versions", body: policy, type: "application/yaml")
                    let problem: ProblemAnswer = try answer.decoded(422)
                    let known = try #require(problem.errors?.compactMap { Self.knownKeys($0.detail) }.first, "\(answer)")
                    for key in known {
                        let name = prefix + key
                        #expect(tested.contains(name), "\(name) has no test")
                    }
                }
            }
        }

        private static func knownKeys(_ detail: String) -> [String]? {
            let parts = detail.components(separatedBy: "unknown key 'nonsense'; known here: ")
            return parts.count == 2 ? parts[1].components(separatedBy: ", ") : nil
        }

        @Test(arguments: [("", "suspended"), (", within: 3h", "suspended"), (", within: 1h", "approval-required")])
        func aSuspensionWithinATimeIsForTheFastOnly(within: String, problem: String) async throws {
            try await Replicas.with(1, "--test-clock") { replicas in
                let client = replicas.first
                let noon = try #require(Moment(Self.noon))
                try await client.advance(to: noon)
                let plan = "[{ at: 100, do: require_approval }, { at: 150, do: suspend\(within) }]"
                try await client.apply(policy: "envelopes: [ { name: e, per: [agent_id], meter: cost, limit: \"1\", plan: \(plan) } ]")
                let call = Call(["agent_id": "a"], cost: "1.2")
                #expect(try await client.charge(call.usageBody, key: "one").status == 201)
                try await client.advance(to: noon.adding(seconds: 7_200))
                #expect(try await client.charge(call.usageBody, key: "two").status == 201)
                #expect(try await client.reserve(call, key: "three").problem == problem)
            }
        }

        /// What a day of one euro without calls leaves to the next, and what is left of that at noon.
        @Test(arguments: [
            ("", "1", "1"), ("rollover: { up_to: \"0.3\" }", "1.3", "1.3"), ("rollover: { up_to: \"5\" }", "1.75", "1.75"),
            ("rollover: { up_to: \"0.3\", expires_in: 6h }", "1.3", "1"),
        ])
        func creditIsCarriedAndExpires(rollover: String, morning: String, noon: String) async throws {
            try await Replicas.with(1, "--test-clock") { replicas in
                let client = replicas.first
                let start = try #require(Moment(Self.noon))
                try await client.advance(to: start)
                let more = rollover.isEmpty ? "" : ", \(rollover)"
                try await client.apply(policy: "envelopes: [ { name: e, meter: cost, limit: \"1\", window: { every: day }\(more) } ]")
                #expect(try await client.charge(Call([:], cost: "0.25").usageBody, key: "before").status == 201)
                for (key, hours, limit) in [("morning", 13, morning), ("noon", 24, noon)] {
                    try await client.advance(to: start.adding(seconds: Int64(hours) * 3_600))
                    let hold: HoldAnswer = try await client.reserve(Call([:], cost: "0.000000001"), key: key).decoded(201)
                    #expect(hold.envelopes.first?.limit.value == Quantity.nanos(limit), "\(key)")
                }
            }
        }
    }
}
