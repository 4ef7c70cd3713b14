import Foundation
import Testing

extension EndToEnd {
    /// What was answered is on disk, whatever dies, and the service comes back.
    @Suite
    struct DurabilityTests {
        private static let rounds = 3

        @Test
        func nothingIsLostWhenPurserIsKilled() async throws {
            try await ManagedInstallation.with { installation in
                for round in 0..<Self.rounds {
                    let load = Load(name: "round-\(round)")
                    let client = installation.client
                    async let running: Void = load.run(client)
                    try await wait(for: Self.answers(round), of: load)
                    try await installation.server.kill()
                    load.stop()
                    await running
                    try await installation.restart()
                    try await installation.expectAll(of: load)
                }
            }
        }

        @Test
        func aServerThatIsToldToStopFinishesWhatIsUnderWay() async throws {
            try await ManagedInstallation.with { installation in
                let load = Load(name: "stop")
                let client = installation.client
                async let running: Void = load.run(client)
                try await wait(for: Self.answers(0), of: load)
                #expect(try await installation.server.terminate() == 0)
                load.stop()
                await running
                try await installation.restart()
                // A call that was not answered was not begun either.
                #expect(try await installation.expectAll(of: load) == 0)
            }
        }

        @Test
        func nothingIsLostWhenPostgresIsKilled() async throws {
            try await ManagedInstallation.with { installation in
                for round in 0..<Self.rounds {
                    let load = Load(name: "round-\(round)")
                    let client = installation.client
                    async let running: Void = load.run(client)
                    try await wait(for: Self.answers(round), of: load)
                    let postgres = try installation.postgres()
                    // In the last round it stays away for as long as calls wait.
                    let lock = round == Self.rounds - 1 ? try StartLock(data: installation.data) : nil
                    postgres.killAll()
                    if let lock {
                        try await expectUnavailable(installation.client, load)
                        lock.release()
                    }
                    // It comes back by itself: the very clients that saw it go are answered again.
                    try await wait(for: Self.answers(round), of: load)
                    load.stop()
                    await running
                    #expect(try installation.postgres().postmaster != postgres.postmaster)
                    try await installation.expectAll(of: load)
                }
            }
        }

        /// So many that the load is in full swing; another number in each round.
        private static func answers(_ round: Int) -> Int {
            var random = SplitMix64(seed: Options.seed &+ UInt64(round))
            return .random(in: 400...1_200, using: &random)
        }

        /// Waits until a load was answered so many times more.
        private func wait(for answers: Int, of load: Load) async throws {
            let goal = load.now.admitted + answers
            try await eventually("\(answers) holds are answered", within: .seconds(120)) { load.now.admitted >= goal }
        }

        /// Calls, reads and the readiness probe say that the database is away, and when to come again.
        private func expectUnavailable(_ client: APIClient, _ load: Load) async throws {
            let before = load.now.unavailable
            try await eventually("calls are answered with 503") { load.now.unavailable > before + Load.clients }
            let answers = [
                try await client.get("/health/ready"), try await client.get("/v1/envelopes"), try await client.get("/v1/reservations"),
                try await client.charge(Call(["team_id": "t0", "agent_id": "a0"], cost: "0.1").usageBody, key: "away"),
            ]
            #expect(answers.map(\.status) == [503, 503, 503, 503])
            #expect(answers.map(\.problem) == Array(repeating: "store-unavailable", count: 4))
            #expect(answers.allSatisfy { $0.headers["retry-after"].flatMap(Int.init) != nil })
            #expect(try await client.get("/health/live").status == 200)
        }
    }
}
