import Ledger
import Testing

@Suite("Refusals tell when to come back")
struct ViolationTests {
    private static func violation(_ envelope: Envelope, cost: Int64, used: Int64 = 0) throws -> Violation {
        var till = Till(envelope)
        let now = try at("2026-11-21T10:02:33Z")
        _ = try till.charge(Call(cost: used), at: now)
        return try #require(try till.reserve(Call(cost: cost), at: now).decision.violations.first)
    }

    private static func envelope(_ period: WindowRule.Period, percent: Int64 = 100, perCall: Int64? = nil) -> Envelope {
        Envelope(
            name: "a", meter: .cost, limit: 100, perCall: perCall, windowRule: WindowRule(period), plan: [PlanStep(at: percent, action: .refuse)])
    }

    @Test("at the end of the window, where the call would fit an empty one")
    func resets() throws {
        #expect(try Self.violation(Self.envelope(.day), cost: 100, used: 1).resetsAt == at("2026-11-22T00:00:00Z"))
        #expect(try Self.violation(Self.envelope(.minute), cost: 10, used: 100).resetsAt == at("2026-11-21T10:03:00Z"))
    }

    @Test("never, where no window will be large enough, or none ends")
    func neverResets() throws {
        #expect(try Self.violation(Self.envelope(.day), cost: 101).resetsAt == nil)
        #expect(try Self.violation(Self.envelope(.forever), cost: 10, used: 100).resetsAt == nil)
        #expect(try Self.violation(Self.envelope(.day, perCall: 50), cost: 51).resetsAt == nil)
    }

    @Test("by what the plan admits, not by the limit alone")
    func resetsByPlan() throws {
        let end = try at("2026-11-22T00:00:00Z")
        #expect(try Self.violation(Self.envelope(.day, percent: 120), cost: 110, used: 50).resetsAt == end)
        #expect(try Self.violation(Self.envelope(.day, percent: 120), cost: 121).resetsAt == nil)
        #expect(try Self.violation(Self.envelope(.day, percent: 80), cost: 80, used: 1).resetsAt == end)
        #expect(try Self.violation(Self.envelope(.day, percent: 80), cost: 81).resetsAt == nil)
    }

    @Test("a limit over a minute is a rate, any longer one a budget")
    func rates() throws {
        #expect(try Self.violation(Self.envelope(.minute), cost: 10, used: 100).isRateLimit)
        for period in [.hour, .day, .week, .month, .forever] as [WindowRule.Period] {
            #expect(try Self.violation(Self.envelope(period), cost: 10, used: 100).isRateLimit == false)
        }
        #expect(try Self.violation(Self.envelope(.minute, perCall: 50), cost: 51).isRateLimit == false)
    }
}
