import Synchronization
import Testing

extension EndToEnd {
    /// What goes to and fro binds every call that begins after each turn was acknowledged.
    @Suite
    struct FlipTests {
        private static let callersOfEach = 8

        /// Which turns were sent and acknowledged, and what calls saw that were made between two of them.
        private struct Board {
            var sent = 0
            var acknowledged = 0
            /// Callers whose call began after the last turn and was answered before the next.
            var seen: Set<Int> = []
            var decisive = 0
            var wrong: [String] = []
        }

        @Test
        func noAnswerFollowsAnOldVersion() async throws {
            try await flip(200) { client, flip in try await client.apply(policy: Self.policy(limit: Self.isOpen(flip) ? "1000000" : "0")) }
        }

        @Test
        func noCallPassesAFrozenEnvelope() async throws {
            try await flip(100, closed: 403) { client, flip in
                let word = Self.isOpen(flip) ? "unfreeze" : "freeze"
                let answer = try await client.send(.post, "/v1/envelopes/project/\(word)", body: "{\"reason\":\"turn \(flip)\"}")
                guard answer.status == 200 else { throw Failure("not turned: \(answer)") }
            }
        }

        /// Turns to and fro under load, each time at another replica, and goes on when every caller has met the turn.
        private func flip(_ flips: Int, closed: Int = 402, _ turn: (APIClient, Int) async throws -> Void) async throws {
            try await Replicas.with(2) { replicas in
                let board = Mutex(Board())
                try await replicas.first.apply(policy: Self.policy(limit: "1000000"))
                let all = Self.callersOfEach * replicas.clients.count
                try await replicas.underLoad(
                    callers: Self.callersOfEach, call: { caller, count in try await Self.call(caller, count, closed: closed, board) }
                ) {
                    for flip in 1...flips {
                        board.withLock { $0.sent = flip }
                        try await turn(replicas.clients[flip % replicas.clients.count], flip)
                        board.withLock { board in
                            board.acknowledged = flip
                            board.seen = []
                        }
                        try await eventually("every caller meets turn \(flip)") { board.withLock { $0.seen.count == all } }
                    }
                }
                let (wrong, decisive) = board.withLock { ($0.wrong, $0.decisive) }
                #expect(wrong == [], "\(decisive) answers were looked at")
                #expect(decisive >= flips * all)
                try await replicas.expectSound()
            }
        }

        /// Makes a call, and looks at the answer if no turn was sent while the call was under way.
        private static func call(_ caller: Replicas.Caller, _ count: Int, closed: Int, _ board: borrowing Mutex<Board>) async throws {
            let before = board.withLock { $0.acknowledged }
            guard let answer = try? await caller.client.reserve(Call(["project": "flip"], cost: "0.01"), key: "\(caller.number)-\(count)") else {
                return
            }
            board.withLock { board in
                guard board.sent == before else { return }
                board.seen.insert(caller.number)
                board.decisive += 1
                let expected = isOpen(before) ? 201 : closed
                if answer.status != expected { board.wrong.append("after turn \(before) caller \(caller.number) got \(answer)") }
            }
        }

        private static func isOpen(_ flip: Int) -> Bool { flip.isMultiple(of: 2) }

        private static func policy(limit: String) -> String {
            "envelopes: [ { name: project, match: { project: \"*\" }, per: [project], meter: cost, limit: \"\(limit)\" } ]"
        }
    }
}
