import Ledger
import Testing

@Suite("Calls that no envelope matches")
struct UnmatchedTests {
    private static func till(_ unmatched: Unmatched, _ envelopes: Envelope...) -> Till {
        Till(Policy(version: 1, envelopes: envelopes, unmatched: unmatched))
    }

    @Test("are admitted by default, and hold nothing")
    func admitted() throws {
        #expect(Policy(version: 1, envelopes: []).unmatched == .admit && Policy.empty.unmatched == .admit)
        var till = Self.till(.admit, Envelope(name: "tools", meter: .toolCalls, limit: 0))
        let (decision, hold) = try till.reserve(Call(cost: .max))
        #expect(decision.entries?.isEmpty == true && hold.shares.isEmpty)
        #expect(till.settle(hold, charge: Amounts(cost: 5))?.isEmpty == true)
    }

    @Test("are refused where the policy says so, and no other call is")
    func refused() throws {
        var till = Self.till(.refuse, Envelope(name: "a", match: [Condition("team_id", "support")], meter: .cost, limit: 10))
        let objections = try #require(try till.reserve(Call(["team_id": "sales"], cost: 0)).decision.objections)
        #expect(objections.kind == .unmatched && objections.isUnmatched && objections.violations.isEmpty)
        #expect(try till.reserve(Call(["team_id": "support"], cost: 5)).decision.isAdmitted)
        #expect(try till.reserve(Call(["team_id": "support"], cost: 6)).decision.objections?.kind == .exhausted)
        #expect(try till.reserve(Call(tool: "crm.get")).decision.objections?.kind == .unmatched)
    }

    @Test("an envelope that only limits a single call, or is in shadow mode, matches too")
    func matched() throws {
        var till = Self.till(.refuse, Envelope(name: "a", meter: .cost, limit: nil, perCall: 10))
        #expect(try till.reserve(Call(cost: 10)).decision.isAdmitted)
        till = Self.till(.refuse, Envelope(name: "a", meter: .cost, limit: 1, mode: .shadow))
        #expect(try till.reserve(Call(cost: 10)).decision.isAdmitted)
    }

    @Test("a direct charge of one is booked nowhere and refused never")
    func charged() throws {
        var till = Self.till(.refuse, Envelope(name: "tools", meter: .toolCalls, limit: 0))
        #expect(try till.charge(Call(cost: 5))?.isEmpty == true)
    }

    @Test("a downgrade that leads to a call no envelope matches is refused where the policy says so")
    func afterDowngrade() throws {
        let envelope = Envelope(name: "a", match: [Condition("tier", "premium")], meter: .cost, limit: 1, plan: [.downgrade(100, to: "economy")])
        var till = Till(Policy(version: 1, envelopes: [envelope], routes: .sample, unmatched: .refuse))
        #expect(try till.reserve(Call(cost: 2), cost: { _ in 1 }).decision.objections?.kind == .unmatched)
        #expect(till.balance("a")?.marks == Marks())
    }
}
