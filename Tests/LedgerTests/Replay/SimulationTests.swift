import Ledger
import Testing

@Suite("Recorded calls under another policy")
struct SimulationTests {
    private static func total(_ limit: Int64, _ plan: PlanStep...) -> Envelope { Envelope(name: "total", meter: .cost, limit: limit, plan: plan) }

    @Test("what fits is decided as it was; nothing is saved and nothing differs")
    func same() {
        var tape = Tape()
        for _ in 0..<3 { tape.done(100) }
        let report = tape.replay([Self.total(900)])
        #expect(report.differences == 0 && report.admitted == 3 && report.recordedAdmitted == 3)
        #expect(report.recordedCost == 900 && report.replayedCost == 900 && report.saved == 0)
        #expect(report.envelopes.isEmpty && report.agents["(none)"]?.calls == 3)
    }

    @Test("one nano-unit too much is refused, and its end charges nothing")
    func refused() {
        var tape = Tape()
        for agent in ["a", "b", "c"] { tape.done(100, "big", ["agent_id": agent, "workflow_name": "w"]) }
        let report = tape.replay([Self.total(899)])
        #expect(report.total.newlyRefused == 1 && report.differences == 1)
        #expect(report.agents["c"]?.newlyRefused == 1 && report.agents["a"]?.isEmpty == true)
        #expect(report.workflows["w"]?.saved == 300 && report.envelopes["total"]?.saved == 300)
        #expect(report.recordedCost == 900 && report.replayedCost == 600)
        #expect(report.listed.map(\.replayed) == ["refused: envelope-exhausted"])
    }

    @Test("an approval that would be asked is told from a refusal")
    func approval() {
        var tape = Tape()
        tape.done(100)
        tape.done(100)
        let report = tape.replay([Self.total(300, PlanStep(at: 100, action: .requireApproval))])
        #expect(report.total.newlyApprovalRequired == 1 && report.total.newlyRefused == 0)
        #expect(report.envelopes["total"]?.approvalRequired == 1)
    }

    @Test("a downgraded call is charged its tokens at the other model's price, and what it cost where none are known")
    func downgraded() {
        let envelope = Self.total(1_000, PlanStep(at: 30, action: .downgrade, to: "economy"), PlanStep(at: 100, action: .refuse))
        var tape = Tape()
        tape.done(100)
        let (first, second) = (tape.admitted(100), tape.admitted(100))
        tape.committed(first, cost: 240, tokens: 80)
        tape.committed(second, cost: 210, tokens: nil)
        let report = tape.replay([envelope])
        #expect(report.total.newlyDowngraded == 2 && report.total.downgraded == 2 && report.total.newlyRefused == 0)
        #expect(report.recordedCost == 750 && report.replayedCost == 300 + 80 + 210)
        #expect(report.envelopes["total"]?.downgraded == 2 && report.envelopes["total"]?.saved == 160)
        #expect(report.listed.map(\.replayed).allSatisfy { $0.hasPrefix("downgraded with small") })
    }

    @Test("a call that was refused and is admitted now is charged what is held for it, at once")
    func newlyAdmitted() {
        var tape = Tape()
        tape.refused(100, as: "envelope-exhausted")
        tape.refused(100, as: "envelope-exhausted")
        let report = tape.replay([Self.total(500)])
        #expect(report.total.newlyAdmitted == 1 && report.total.refused == 1 && report.total.newlyRefused == 0)
        #expect(report.recordedCost == 0 && report.replayedCost == 300 && report.saved == -300)
        #expect(report.differences == 1)
    }

    @Test("what a person or a key barred stays so and takes nothing")
    func barred() {
        var tape = Tape()
        tape.refused(100, as: nil, ["agent_id": "a"])
        tape.done(100)
        let report = tape.replay([Self.total(300)])
        #expect(report.barred == 1 && report.total.calls == 2 && report.admitted == 1 && report.differences == 0)
    }

    @Test("a suspension that the policy opens binds the next call")
    func suspended() {
        let envelope = Envelope(
            name: "agent", per: ["agent_id"], meter: .cost, limit: 300, plan: [PlanStep(at: 100, action: .suspend)])
        var tape = Tape()
        tape.charged(301, ["agent_id": "a"])
        tape.done(1, "big", ["agent_id": "a"])
        tape.done(1, "big", ["agent_id": "b"])
        let report = tape.replay([envelope])
        #expect(report.listed.map(\.replayed) == ["refused: suspended"])
        #expect(report.directCharges == 1 && report.agents["b"]?.isEmpty == true)
    }

    @Test("a late charge after a release is charged on the balances that the call would have had")
    func late() {
        var tape = Tape()
        let hold = tape.admitted(100)
        tape.released(hold)
        tape.done(100)
        tape.committed(hold, cost: 300, tokens: 100, late: true)
        tape.done(1)
        let report = tape.replay([Self.total(600)])
        #expect(report.recordedCost == 603 && report.replayedCost == 600 && report.total.newlyRefused == 1)
    }

    @Test("a hold of before the period ends as it was recorded, where the policy has its balance")
    func before() {
        let envelope = Self.total(600)
        let identity = Tape.identity(envelope)
        let balance = Balance(id: identity.id, limit: 600, held: 300, spent: 0, version: 1, changedAt: Timestamp(seconds: 0))
        var tape = Tape()
        tape.done(100)
        tape.done(1)
        tape.committed(
            Identifier(high: 9, low: 9), cost: 200, tokens: nil, changes: [RecordedEnd.Change(balance: identity.id, held: -300, spent: 200)])
        tape.done(33)
        tape.done(1)
        let report = tape.replay([envelope], starts: [StartingBalance(identity: identity, balance: balance)])
        // 300 held, then 300 spent; the 3 do not fit, the 99 do once 100 came back, and the last 3 do not.
        #expect(report.total.newlyRefused == 2)
        #expect(report.replayedCost == 300 + 200 + 99)
    }

    @Test("no more than 20 differences are listed")
    func listed() {
        var tape = Tape()
        for _ in 0..<30 { tape.done(1) }
        let report = tape.replay([Self.total(2)])
        #expect(report.differences == 30 && report.listed.count == 20)
    }
}
