import Ledger
import Testing

@Suite("Suspensions of recorded batches, and who knew of them")
struct SimulationSuspensionTests {
    private static let agent = Envelope(
        name: "agent", per: ["agent_id"], meter: .cost, limit: 300, windowRule: WindowRule(.day),
        plan: [PlanStep(at: 100, action: .suspend), PlanStep(at: 200, action: .suspend)])
    private static let caller: KeyValuePairs = ["agent_id": "a"]

    /// Two calls of yesterday that cost more than was held for them: the balances of today know nothing of either.
    private static func begun() -> (tape: Tape, holds: [Identifier]) {
        var tape = Tape()
        let holds = [tape.admitted(50, "big", caller), tape.admitted(50, "big", caller)]
        tape.now = tape.now.adding(seconds: 86_400)
        return (tape, holds)
    }

    /// By call after those of yesterday: whether it is decided otherwise than as admitted.
    private static func refused(_ tape: Tape, _ batches: [Tape.Batch]) -> Int64 {
        let report = tape.replay([agent], batches: [.init(2, epoch: 1)] + batches)
        #expect(report.listed.allSatisfy { $0.replayed == "refused: suspended" })
        return report.differences
    }

    @Test("a suspension binds only the batches that could know of it", arguments: [(Int64(4), Int64(0)), (5, 1), (9, 1)])
    func known(epoch: Int64, refused: Int64) {
        var (tape, holds) = Self.begun()
        tape.committed(holds[0], cost: 303, tokens: 101)
        _ = tape.admitted(1, "big", Self.caller)
        #expect(Self.refused(tape, [.init(1, epoch: 2, raised: 5), .init(1, epoch: epoch)]) == refused)
    }

    @Test("within its own batch it binds at once")
    func own() {
        var (tape, holds) = Self.begun()
        tape.committed(holds[0], cost: 303, tokens: 101)
        _ = tape.admitted(1, "big", Self.caller)
        _ = tape.admitted(1, "big", Self.caller)
        #expect(Self.refused(tape, [.init(2, epoch: 2, raised: 5), .init(1, epoch: 4)]) == 1)
    }

    @Test("a lift of before it was known leaves it standing, and one of after ends it", arguments: [(Int64(4), Int64(1)), (6, 0)])
    func lifted(epoch: Int64, refused: Int64) {
        var (tape, holds) = Self.begun()
        tape.committed(holds[0], cost: 303, tokens: 101)
        tape.lifted("a")
        _ = tape.admitted(1, "big", Self.caller)
        #expect(Self.refused(tape, [.init(1, epoch: 2, raised: 5), .init(1, epoch: epoch), .init(1, epoch: 7)]) == refused)
    }

    @Test("what was suspended before stays so while another suspension is not known yet")
    func second() {
        var (tape, holds) = Self.begun()
        tape.committed(holds[0], cost: 303, tokens: 101)
        tape.committed(holds[1], cost: 303, tokens: 101)
        _ = tape.admitted(1, "big", Self.caller)
        let batches: [Tape.Batch] = [.init(1, epoch: 2, raised: 3), .init(1, epoch: 3, raised: 5), .init(1, epoch: 4)]
        #expect(Self.refused(tape, batches) == 1)
    }

    @Test("of two that one epoch did not know, each binds from its own")
    func order() {
        var (tape, holds) = Self.begun()
        let other = tape.admitted(100, "big", ["agent_id": "b"])
        tape.now = tape.now.adding(seconds: 86_400)
        tape.committed(other, cost: 303, tokens: 101)
        tape.committed(holds[0], cost: 303, tokens: 101)
        for agent in ["a", "b"] { _ = tape.admitted(1, "big", ["agent_id": agent]) }
        let report = tape.replay(
            [Self.agent],
            batches: [.init(2, epoch: 1), .init(1, epoch: 1), .init(1, epoch: 2, raised: 4), .init(1, epoch: 2, raised: 3), .init(2, epoch: 3)])
        #expect(report.differences == 1 && report.agents["a"]?.newlyRefused == 1 && report.agents["b"]?.newlyRefused == 0)
    }
}
