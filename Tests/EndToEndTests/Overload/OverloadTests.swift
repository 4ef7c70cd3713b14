import Foundation
import Postgres
import Testing

extension EndToEnd {
    /// More calls than can wait, and a database that does not answer.
    @Suite
    struct OverloadTests {
        /// How many calls may wait, those in the batch under way included.
        private static let capacity = 4_096 + 256
        private static let callers = capacity + 600
        private static let call = Call(["project": "p"], cost: "0.01")

        @Test(.enabled(if: ProcessTable.isReadable), .enabled(if: FileLimit.raise(to: UInt64(2 * callers))))
        func theExcessIsRefusedAtOnceAndMemoryStaysBounded() async throws {
            try await Replicas.with(1) { replicas in
                try await replicas.first.apply(policy: "envelopes: [ { name: hot, meter: cost, limit: \"1000000\" } ]")
                #expect(try await replicas.first.reserve(Self.call, key: "first").status == 201)
                let swarm = try await SocketSwarm(replicas.first, count: Self.callers)
                var peaks: [Int] = []
                for wave in 0..<3 {
                    try await stall(wave, swarm, replicas)
                    try await retry(wave, swarm)
                    peaks.append(try #require(ProcessTable.peakKilobytes(of: replicas.servers[0].process.id)))
                }
                print("peak memory after each wave of \(Self.callers) calls: \(peaks.map { "\($0 >> 10) MiB" }.joined(separator: ", "))")
                // The first wave fills caches and buffers; after that there is nothing left to grow.
                #expect(peaks[2] < peaks[0] + peaks[0] / 4)
                #expect(peaks[2] < 1 << 20)
                let tables = try await replicas.expectSound()
                #expect(tables.reservations.count == 3 * Self.callers + 1)
            }
        }

        /// Every call comes while somebody holds the row that all of them need.
        private func stall(_ wave: Int, _ swarm: SocketSwarm, _ replicas: Replicas) async throws {
            let session = try Session.connect(ConnectionSettings(replicas.databaseURL))
            defer { session.close() }
            try session.run("BEGIN; SELECT FROM balances FOR UPDATE")
            try swarm.reserve(Self.call, on: Array(0..<Self.callers)) { "\(wave)-\($0)" }
            try await eventually("the excess is refused while the rest waits") {
                try swarm.receive()
                return swarm.answered.count >= Self.callers - Self.capacity
            }
            expectUnavailable(swarm.answered)
            #expect(swarm.answered.contains { $0.problem == "overloaded" })
            // Whoever does not write is served as ever.
            #expect(try await replicas.first.get("/v1/envelopes").status == 200)
            // The stall of the second wave outlasts the patience of all.
            if wave != 1 { try session.run("ROLLBACK") }
            try await eventually("everybody is answered") {
                try swarm.receive()
                return swarm.answered.count == Self.callers
            }
            expectUnavailable(swarm.answered.filter { $0.status != 201 })
            if wave == 1 {
                #expect(swarm.answered.allSatisfy { $0.status == 503 })
                try session.run("ROLLBACK")
            }
        }

        private func expectUnavailable(_ answers: [Answer]) {
            #expect(answers.allSatisfy { $0.status == 503 && $0.headers["retry-after"].flatMap(Int.init) != nil })
            #expect(Set(answers.map(\.problem)).isSubset(of: ["overloaded", "store-unavailable"]))
        }

        /// After the stall the same keys are admitted, no more at a time than may wait.
        private func retry(_ wave: Int, _ swarm: SocketSwarm) async throws {
            var refused = swarm.answers.indices.filter { swarm.answers[$0]?.status != 201 }[...]
            while !refused.isEmpty {
                let some = Array(refused.prefix(1_000))
                refused = refused.dropFirst(some.count)
                try swarm.reserve(Self.call, on: some) { "\(wave)-\($0)" }
                try await eventually("the retries are answered") {
                    try swarm.receive()
                    return some.allSatisfy { swarm.answers[$0] != nil }
                }
                #expect(some.allSatisfy { swarm.answers[$0]?.status == 201 })
            }
        }

        @Test(.enabled(if: ProcessTable.isReadable))
        func aDatabaseThatStopsAnsweringIsSurvived() async throws {
            try await Replicas.with(1) { replicas in
                let client = replicas.first
                try await client.apply(policy: "envelopes: [ { name: hot, meter: cost, limit: \"1000\" } ]")
                #expect(try await client.reserve(Self.call, key: "first").status == 201)
                let frozen = try await SharedPostgres.server().processes
                for process in frozen { kill(process, SIGSTOP) }
                defer { for process in frozen { kill(process, SIGCONT) } }
                async let reserve = client.reserve(Self.call, key: "second")
                async let ready = client.get("/health/ready")
                async let read = client.get("/v1/envelopes")
                let answers = try await [reserve, ready, read]
                #expect(answers.map(\.status) == [503, 503, 503])
                #expect(answers.map(\.problem) == Array(repeating: "store-unavailable", count: 3))
                #expect(answers.allSatisfy { $0.headers["retry-after"].flatMap(Int.init) != nil })
                #expect(try await client.get("/health/live").status == 200)
                for process in frozen { kill(process, SIGCONT) }
                try await eventually("the service is ready again") { try await client.get("/health/ready").status == 200 }
                try await eventually("the same call is admitted") { try await client.reserve(Self.call, key: "second").status == 201 }
                #expect(try await replicas.expectSound().reservations.count == 2)
            }
        }
    }
}
