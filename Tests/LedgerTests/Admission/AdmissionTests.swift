import Ledger
import Testing

@Suite("Admission")
struct AdmissionTests {
    @Test("a call that fills an envelope exactly is admitted, one nano-unit more is refused")
    func exactFill() throws {
        let envelope = Envelope(name: "a", meter: .cost, limit: 1_000)
        var till = Till(envelope)
        #expect(try till.reserve(Call(cost: 1_001)).decision.isAdmitted == false)
        #expect(till.balance("a")?.held == 0)
        #expect(try till.reserve(Call(cost: 400)).decision.isAdmitted)
        #expect(try till.reserve(Call(cost: 601)).decision.isAdmitted == false)
        #expect(try till.reserve(Call(cost: 600)).decision.isAdmitted)
        #expect(till.balance("a")?.held == 1_000)
        #expect(try till.reserve(Call(cost: 1)).decision.isAdmitted == false)
        #expect(try till.reserve(Call(cost: 0)).decision.isAdmitted, "a free call fits even a full envelope")
    }

    @Test("what is spent counts like what is held, and what is given back is there again")
    func spentCounts() throws {
        var till = Till(Envelope(name: "a", meter: .cost, limit: 1_000))
        let first = try till.reserve(Call(cost: 700)).hold
        _ = till.settle(first, charge: Amounts(cost: 300))
        let second = try till.reserve(Call(cost: 700))
        #expect(second.decision.isAdmitted)
        #expect(try till.reserve(Call(cost: 1)).decision.isAdmitted == false)
        _ = till.settle(second.hold, charge: .zero)
        #expect(try till.reserve(Call(cost: 701)).decision.isAdmitted == false)
        #expect(try till.reserve(Call(cost: 700)).decision.isAdmitted)
    }

    @Test("all envelopes agree or nothing is held, whichever refuses", arguments: 0..<3)
    func allOrNothing(refusing: Int) throws {
        let limits = (0..<3).map { $0 == refusing ? 99 as Int64 : 100 }
        var till = Till(Policy(version: 1, envelopes: limits.enumerated().map { Envelope(name: "e\($0)", meter: .cost, limit: $1) }))
        #expect(try till.reserve(Call(cost: 50)).decision.entries?.count == 3)
        let before = till.book.balances
        let decision = try till.reserve(Call(cost: 50)).decision
        #expect(decision.violations.map(\.identity.envelope) == ["e\(refusing)"])
        #expect(till.book.balances == before)
        #expect(try till.reserve(Call(cost: 49)).decision.isAdmitted)
        #expect(till.book.balances.map(\.held) == [99, 99, 99])
    }

    @Test("a refusal names every envelope that refused, and every rule of it, with the numbers")
    func everyViolation() throws {
        var till = Till(
            Envelope(name: "full", meter: .cost, limit: 100), Envelope(name: "roomy", meter: .cost, limit: 10_000),
            Envelope(name: "both", meter: .cost, limit: 100, perCall: 50), Envelope(name: "tokens", per: ["run_id"], meter: .tokens, limit: 9),
            Envelope(name: "single", meter: .cost, limit: nil, perCall: 70))
        let hold = try till.reserve(Call(["run_id": "r"], cost: 40, tokens: 5)).hold
        _ = till.settle(hold, charge: Amounts(cost: 30, tokens: 4))
        #expect(try till.reserve(Call(["run_id": "r"], cost: 5, tokens: 5)).decision.isAdmitted)
        let violations = try till.reserve(Call(["run_id": "r"], cost: 71, tokens: 1)).decision.violations
        let texts = violations.map { "\($0.identity.envelope) \($0.rule.rawValue): \($0.held) + \($0.spent) + \($0.requested) > \($0.limit)" }
        #expect(
            texts == [
                "full limit: 5 + 30 + 71 > 100", "both per_call: 5 + 30 + 71 > 50", "both limit: 5 + 30 + 71 > 100", "tokens limit: 5 + 4 + 1 > 9",
                "single per_call: 0 + 0 + 71 > 70",
            ])
        #expect(violations.map(\.identity.values) == [[], [], [], ["r"], []])
    }

    @Test("a single call may ask for the most that it may, and no more")
    func perCall() throws {
        var till = Till(Envelope(name: "a", meter: .cost, limit: nil, perCall: 500, plan: [PlanStep(at: nil, action: .refuse)]))
        for _ in 0..<5 {
            let decision = try till.reserve(Call(cost: 500)).decision
            #expect(decision.entries?.isEmpty == true, "an envelope without a limit keeps no balance")
        }
        #expect(try till.reserve(Call(cost: 501)).decision.violations.map(\.rule) == [.perCall])
        #expect(till.book.balances.isEmpty)
    }

    @Test("a plan that refuses at 120 per cent admits until there, one at 80 stops early")
    func planAt() throws {
        for (percent, last) in [(120, 1_200), (80, 800), (100, 1_000), (1, 10)] as [(Int64, Int64)] {
            var till = Till(Envelope(name: "a", meter: .cost, limit: 1_000, plan: [PlanStep(at: percent, action: .refuse)]))
            #expect(try till.reserve(Call(cost: last + 1)).decision.isAdmitted == false)
            #expect(try till.reserve(Call(cost: last)).decision.isAdmitted)
            let violation = try #require(try till.reserve(Call(cost: 1)).decision.violations.first)
            #expect(violation.limit == 1_000 && violation.held == last)
        }
        // 150 per cent of 3 calls are 4.5: the fourth passes, the fifth does not.
        var calls = Till(Envelope(name: "a", meter: .modelCalls, limit: 3, plan: [PlanStep(at: 150, action: .refuse)]))
        #expect(try (0..<6).map { _ in try calls.reserve(Call()).decision.isAdmitted } == [true, true, true, true, false, false])
    }

    @Test("sums that do not fit are refused, and nothing wraps")
    func overflow() throws {
        var till = Till(Envelope(name: "a", meter: .cost, limit: .max, plan: [PlanStep(at: 1_000, action: .refuse)]))
        #expect(try till.reserve(Call(cost: .max)).decision.isAdmitted)
        #expect(try till.reserve(Call(cost: 1)).decision.violations.count == 1)
        #expect(try till.reserve(Call(cost: .max)).decision.violations.count == 1)
        #expect(till.balance("a")?.held == .max)
    }

    @Test("every key has a balance of its own, and every window")
    func separateBalances() throws {
        var till = Till(Envelope(name: "a", per: ["user_id"], meter: .modelCalls, limit: 1, windowRule: WindowRule(.day)))
        let (today, tomorrow) = (try at("2026-11-21T23:59:59Z"), try at("2026-11-22T00:00:00Z"))
        #expect(try till.reserve(Call(["user_id": "u"]), at: today).decision.isAdmitted)
        #expect(try till.reserve(Call(["user_id": "u"]), at: today).decision.isAdmitted == false)
        #expect(try till.reserve(Call(["user_id": "v"]), at: today).decision.isAdmitted)
        #expect(try till.reserve(Call(["user_id": "u"]), at: tomorrow).decision.isAdmitted)
        #expect(try till.reserve(Call(["user_id": "u"]), at: tomorrow).decision.isAdmitted == false)
    }

    @Test("tool calls and model calls wear out their own meters")
    func meters() throws {
        var till = Till(
            Envelope(name: "models", meter: .modelCalls, limit: 1), Envelope(name: "tools", meter: .toolCalls, limit: 1),
            Envelope(name: "money", meter: .cost, limit: 10))
        #expect(try till.reserve(Call(cost: 4)).decision.isAdmitted)
        #expect(try till.reserve(Call(tool: "crm.get", cost: 4)).decision.isAdmitted)
        #expect(try till.reserve(Call(cost: 1)).decision.violations.map(\.identity.envelope) == ["models"])
        #expect(try till.reserve(Call(tool: "crm.get", cost: 3)).decision.violations.map(\.identity.envelope) == ["tools", "money"])
        #expect(till.book.balances.map(\.held) == [1, 8, 1])
    }

    @Test("a changed limit binds the live balance at once")
    func changedLimit() throws {
        var till = Till(Envelope(name: "a", meter: .cost, limit: 100))
        #expect(try till.reserve(Call(cost: 90)).decision.isAdmitted)
        till.policy = Policy(version: 2, envelopes: [Envelope(name: "a", meter: .cost, limit: 50)])
        let violation = try #require(try till.reserve(Call(cost: 1)).decision.violations.first)
        #expect(violation.limit == 50 && violation.held == 90)
        till.policy = Policy(version: 3, envelopes: [Envelope(name: "a", meter: .cost, limit: 200)])
        let entry = try #require(try till.reserve(Call(cost: 110)).decision.entries?.first)
        #expect(entry.limit == 200 && entry.held == 200)
        #expect(till.balance("a")?.limit == 200)
    }

    @Test("each entry tells the change, the balance after it and the fact before it")
    func entries() throws {
        var till = Till(Envelope(name: "a", meter: .cost, limit: 1_000))
        let first = try till.reserve(Call(cost: 300))
        let second = try till.reserve(Call(cost: 200))
        let end = try #require(till.settle(first.hold, charge: Amounts(cost: 250))?.first)
        let id = try #require(till.balance("a")?.id)
        #expect(
            till.entries[id] == [
                Entry(balance: id, heldChange: 300, spentChange: 0, version: 1, held: 300, spent: 0, limit: 1_000, previous: .none),
                Entry(balance: id, heldChange: 200, spentChange: 0, version: 2, held: 500, spent: 0, limit: 1_000, previous: first.hold.id),
                Entry(balance: id, heldChange: -300, spentChange: 250, version: 3, held: 200, spent: 250, limit: 1_000, previous: second.hold.id),
            ])
        #expect(till.entries[id]?.last == end)
        #expect(till.balance("a")?.lastFact == first.hold.id)
    }

    @Test("a call that no envelope matches is admitted")
    func unmatched() throws {
        var till = Till(Envelope(name: "tools", meter: .toolCalls, limit: 0))
        #expect(try till.reserve(Call(cost: .max)).decision.entries?.isEmpty == true)
    }
}
