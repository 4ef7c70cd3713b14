import Foundation
import Testing

extension EndToEnd {
    /// The kill switch: whom it stops, when, and what becomes of what was under way.
    @Suite
    struct SuspensionTests {
        private static let trials = 200

        @Test
        func noReplicaAdmitsWhatBeginsAfterTheAnswer() async throws {
            try await Replicas.with(3) { replicas in
                try await replicas.first.apply(policy: Self.policy)
                let log = AttemptLog()
                var stopped: [(from: ContinuousClock.Instant, to: ContinuousClock.Instant)] = []
                var free: [(from: ContinuousClock.Instant, to: ContinuousClock.Instant)] = []
                var since = ContinuousClock.now
                try await replicas.underLoad(call: { try await Self.load($0, $1, log) }) {
                    for trial in 0..<Self.trials {
                        let client = replicas.clients[trial % 3]
                        free.append((since, ContinuousClock.now))
                        let made = try await client.suspend("agent", "victim")
                        let from = ContinuousClock.now
                        let during = try await Self.reserveEverywhere(replicas, "d\(trial)", log)
                        #expect(during == [403, 403, 403], "trial \(trial)")
                        try await Self.letGoOn(log, since: from)
                        stopped.append((from, ContinuousClock.now))
                        _ = try await replicas.clients[(trial + 1) % 3].lift(made.id)
                        since = .now
                        let after = try await Self.reserveEverywhere(replicas, "a\(trial)", log)
                        #expect(after == [201, 201, 201], "trial \(trial)")
                        try await Self.letGoOn(log, since: since)
                    }
                    free.append((since, ContinuousClock.now))
                }
                let attempts = log.all
                // What was answered only after the next change may have been decided after it.
                let late = attempts.filter { attempt in attempt.status == 201 && stopped.contains { attempt.lies(from: $0.from, to: $0.to) } }
                let early = attempts.filter { attempt in attempt.status == 403 && free.contains { attempt.lies(from: $0.from, to: $0.to) } }
                let judged = attempts.count { attempt in (stopped + free).contains { attempt.lies(from: $0.from, to: $0.to) } }
                let refused = attempts.count { $0.status == 403 }
                print(
                    "\(attempts.count) calls, \(judged) between two changes, \(refused) refused; \(late.count) admitted after a suspension, \(early.count) refused after a lift"
                )
                #expect(refused > 6 * Self.trials && judged > 12 * Self.trials)
                #expect(late.isEmpty && early.isEmpty)
                try await Self.expectReleased(replicas)
                try await replicas.expectSound()
            }
        }

        /// Waits until the load has been answered some more, by each replica as a rule.
        private static func letGoOn(_ log: AttemptLog, since moment: ContinuousClock.Instant) async throws {
            try await eventually("the load goes on") { log.count(since: moment) >= 9 }
        }

        private static func reserveEverywhere(_ replicas: Replicas, _ name: String, _ log: AttemptLog) async throws -> [Int] {
            async let first = log.note { try await replicas.clients[0].reserve(victim, key: "\(name)-0") }
            async let second = log.note { try await replicas.clients[1].reserve(victim, key: "\(name)-1") }
            async let third = log.note { try await replicas.clients[2].reserve(victim, key: "\(name)-2") }
            return try await [first, second, third]
        }

        /// Two of three callers are the agent's, the third another one's.
        private static func load(_ caller: Replicas.Caller, _ count: Int, _ log: AttemptLog) async throws {
            let key = "load-\(caller.number)-\(count)"
            do {
                guard caller.number / 3 < 2 else {
                    let answer = try await caller.client.reserve(other, key: key)
                    return #expect(answer.status == 201, "nobody has suspended this one")
                }
                try await log.note { try await caller.client.reserve(victim, key: key) }
            } catch  where Task.isCancelled {}
        }

        /// Nothing stays held for whom is suspended.
        private static func expectReleased(_ replicas: Replicas) async throws {
            let made = try await replicas.first.suspend("agent", "victim")
            try await eventually("no hold of the agent is open") {
                try await replicas.last.all("/v1/reservations?state=open&agent_id=victim", of: ReservationView.self).isEmpty
            }
            _ = try await replicas.last.lift(made.id)
        }

        @Test
        func aKeyOfASuspendedAgentOnlySettles() async throws {
            try await Replicas.with(2) { replicas in
                try await replicas.first.apply(policy: Self.policy)
                let body = "{\"role\":\"gateway\",\"agent_id\":\"victim\"}"
                let key = try await replicas.first.send(.post, "/v1/keys", body: body).decoded(201, as: KeyAnswer.self).key
                let bound = replicas.last.with(key: key)
                for round in 0..<20 {
                    let hold = try await bound.reserve(Self.victim, key: "k\(round)").decoded(201, as: HoldAnswer.self)
                    let made = try await replicas.first.suspend("agent", "victim")
                    let refused = [
                        try await bound.reserve(Self.victim, key: "r\(round)"), try await bound.extend(hold.id, seconds: 60),
                        try await bound.get("/v1/reservations/\(hold.id)"), try await bound.get("/v1/envelopes"),
                        try await bound.get("/v1/suspensions"), try await bound.get("/v1/events?wait=0"),
                    ]
                    // A hold that was released meanwhile can no more be extended than one that is covered.
                    #expect(refused.map(\.status).enumerated().allSatisfy { $1 == 403 || $0 == 1 && $1 == 409 }, "round \(round)")
                    #expect(refused[2].problem == "suspended")
                    #expect(try await bound.commit(hold.id, "{\"cost\":\"0.5\"}").status == 200, "round \(round)")
                    #expect(try await bound.charge(Self.victim.usageBody, key: "u\(round)").status == 201)
                    _ = try await replicas.first.lift(made.id)
                    #expect(try await bound.get("/v1/envelopes").status == 200, "round \(round)")
                }
                try await replicas.expectSound()
            }
        }

        @Test
        func holdsAreReleasedThoughPurserIsKilledOnTheWay() async throws {
            try await ManagedInstallation.with { installation in
                for round in 0..<3 {
                    let call = Call(["agent_id": "killed-\(round)", "team_id": "t"], cost: "0.01", ttlSeconds: 3_600)
                    let client = installation.client
                    let count = 600
                    let answers = try await (0..<count).asyncMap { try await client.reserve(call, key: "kill-\(round)-\($0)").status }
                    #expect(answers.allSatisfy { $0 == 201 })
                    let made = try await client.suspend("agent", "killed-\(round)")
                    try await installation.server.kill()
                    try await installation.restart()
                    try await eventually("every hold of the agent is released") {
                        try await installation.client.suspension(made.id).releasedHolds == Int64(count)
                    }
                    let open = try await installation.client.all("/v1/reservations?state=open&agent_id=killed-\(round)", of: ReservationView.self)
                    #expect(open.isEmpty)
                    #expect(try await installation.client.reserve(call, key: "again-\(round)").problem == "suspended")
                    let lifted = try await installation.client.lift(made.id, allowSteps: 5)
                    #expect(lifted.state == "lifted" && lifted.allowSteps == 5)
                    #expect(try await installation.client.reserve(call, key: "after-\(round)").status == 201)
                }
                let verification = try await installation.program.run("verify")
                #expect(verification.status == 0, "\(verification.output)")
            }
        }

        private static let victim = Call(["agent_id": "victim", "team_id": "t"], cost: "0.001", ttlSeconds: 600)
        private static let other = Call(["agent_id": "other", "team_id": "t"], cost: "0.001", ttlSeconds: 600)
        private static let policy = """
            envelopes:
              - { name: team, per: [team_id], meter: cost, limit: "1000000" }
              - { name: agent, per: [agent_id], meter: cost, limit: "1000000" }
            """
    }
}

extension APIClient {
    func suspend(_ type: String, _ id: String) async throws -> SuspensionView {
        let body = "{\"subject\":{\"type\":\"\(type)\",\"id\":\"\(id)\"},\"reason\":\"a test\"}"
        return try await send(.post, "/v1/suspensions", body: body).decoded(201)
    }

    func suspension(_ id: String) async throws -> SuspensionView { try await get("/v1/suspensions/\(id)").decoded(200) }

    func lift(_ id: String, allowSteps: Int? = nil) async throws -> SuspensionView {
        let steps = allowSteps.map { ",\"allow_steps\":\($0)" } ?? ""
        return try await send(.post, "/v1/suspensions/\(id)/lift", body: "{\"reason\":\"a test\"\(steps)}").decoded(200)
    }
}
