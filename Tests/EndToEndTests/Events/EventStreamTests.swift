import Foundation
import Testing

extension EndToEnd {
    /// What happens arrives on the streams of those who may know, in order, once, through restarts and on every replica.
    @Suite
    struct EventStreamTests {
        private static func spend(_ client: APIClient, team: String, cost: String = "6") async throws {
            let answer = try await client.reserve(Call(["team_id": team, "run_id": "run of \(team)"], cost: cost), key: UUID().uuidString)
            guard answer.status == 201 || answer.status == 403 else { throw Failure("the call was not decided: \(answer)") }
        }

        private static func key(_ client: APIClient, _ body: String) async throws -> KeyAnswer {
            try await client.send(.post, "/v1/keys", body: body).decoded(201)
        }

        private static func with(_ count: Int, body: (Replicas) async throws -> Void) async throws {
            try await Replicas.with(count) { replicas in
                try await replicas.first.apply(policy: simple)
                try await body(replicas)
                try await replicas.expectSound()
            }
        }

        private static let simple = """
            envelopes:
              - { name: team, per: [team_id], meter: cost, limit: "10", plan: [ { at: 50, do: alert }, { at: 100, do: require_approval } ] }
            """

        @Test
        func eventsArriveAtOnceInOrderOnEveryReplica() async throws {
            try await Self.with(2) { replicas in
                let readers = [try await EventReader.open(replicas.first), try await EventReader.open(replicas.last)]
                try await Self.spend(replicas.first, team: "red")
                try await Self.spend(replicas.first, team: "red")
                #expect(try await replicas.last.send(.post, "/v1/envelopes/team/freeze", body: "{\"reason\":\"audit\"}").status == 200)
                let expected = ["alert", "approval.requested", "envelope.frozen"]
                try await eventually("the events arrive") { readers.allSatisfy { $0.events.count >= 3 } }
                for reader in readers {
                    #expect(reader.events.map(\.id) == [1, 2, 3])
                    #expect(reader.kinds == expected)
                    #expect(reader.events == readers[0].events)
                    reader.close()
                }
            }
        }

        @Test
        func aStreamResumesAfterAKillWithoutGapOrRepetition() async throws {
            try await Self.with(1) { replicas in
                var server = try await PurserServer.start(replicas.program, [], key: Replicas.adminKey)
                var seen: [EventReader.Event] = []
                var last: String?
                for round in 0..<3 {
                    let reader = try await EventReader.open(server.client, lastEventID: last)
                    for team in 0..<20 { try await Self.spend(replicas.first, team: "\(round).\(team)") }
                    try await eventually("some events arrive") { !reader.events.isEmpty }
                    for team in 20..<40 { try await Self.spend(replicas.first, team: "\(round).\(team)") }
                    try await server.kill()
                    try await eventually("the stream breaks") { reader.hasEnded }
                    for team in 40..<50 { try await Self.spend(replicas.first, team: "\(round).\(team)") }
                    seen += reader.events
                    last = reader.last
                    server = try await PurserServer.start(replicas.program, [], key: Replicas.adminKey)
                }
                let reader = try await EventReader.open(server.client, lastEventID: last)
                try await eventually("the rest arrives") { seen.count + reader.events.count >= 150 }
                seen += reader.events
                #expect(seen.map(\.id) == Array(1...150))
                #expect(Set(seen.map(\.data)).count == 150)
                reader.close()
                #expect(try await server.terminate() == 0)
            }
        }

        @Test
        func aBoundKeySeesItsOwnAndARevokedOneNothingMore() async throws {
            try await Self.with(1) { replicas in
                let blue = try await Self.key(replicas.first, "{\"role\":\"finance\",\"tags\":{\"team_id\":\"blue\"}}")
                let all = try await EventReader.open(replicas.first)
                let own = try await EventReader.open(replicas.first.with(key: blue.key), "?types=alert")
                for team in ["red", "blue", "green"] { try await Self.spend(replicas.first, team: team) }
                try await eventually("all events arrive") { all.events.count == 3 && own.events.count == 1 }
                #expect(own.events[0].data.contains("\"blue\""))
                #expect(try await replicas.first.send(.delete, "/v1/keys/\(blue.id)").status == 204)
                try await eventually("the stream of a revoked key ends", within: .seconds(30)) { own.hasEnded }
                #expect(!all.hasEnded)
                all.close()
            }
        }

        @Test
        func twoHundredStreamsGetEverythingAndEndWithTheServer() async throws {
            try await Self.with(1) { replicas in
                let server = try await PurserServer.start(replicas.program, [], key: Replicas.adminKey)
                let readers = try await withThrowingTaskGroup(of: EventReader.self) { tasks in
                    for _ in 0..<200 { tasks.addTask { try await EventReader.open(server.client, "?after=0") } }
                    return try await tasks.reduce(into: []) { $0.append($1) }
                }
                for team in 0..<10 { try await Self.spend(replicas.first, team: "\(team)") }
                try await eventually("every stream has everything") { readers.allSatisfy { $0.events.count == 10 } }
                #expect(Set(readers.map { $0.events.map(\.id) }) == [Array(1...10)])
                let began = ContinuousClock.now
                #expect(try await server.terminate() == 0)
                #expect(ContinuousClock.now - began < .seconds(20), "open streams must not hold a shutdown up")
                try await eventually("every stream has ended") { readers.allSatisfy(\.hasEnded) }
            }
        }
    }
}
