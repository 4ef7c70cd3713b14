import Ledger
import Testing

@Suite("Envelopes")
struct EnvelopeTests {
    @Test("a plan's lowest refusing step is the ceiling, and no plan refuses above 100 per cent")
    func ceiling() {
        func ceiling(_ limit: Int64, _ percents: Int64...) -> Int64? {
            Envelope(name: "a", meter: .cost, limit: limit, plan: percents.map { PlanStep(at: $0, action: .refuse) }).ceiling
        }
        #expect(ceiling(1_000) == 1_000)
        #expect(ceiling(1_000, 120) == 1_200)
        #expect(ceiling(1_000, 150, 80, 120) == 800)
        #expect(ceiling(3, 150) == 4)
        #expect(ceiling(1, 50) == 0)
        #expect(ceiling(0, 1_000) == 0)
        #expect(ceiling(.max) == .max)
        #expect(ceiling(.max, 120) == .max)
        #expect(ceiling(.max, 1) == 92_233_720_368_547_758)
        let bothLimits = Envelope(name: "a", meter: .cost, limit: 1_000, perCall: 10, plan: [PlanStep(at: nil, action: .refuse)])
        #expect(bothLimits.ceiling == 1_000)
    }

    @Test("every condition must hold, on a label that is there")
    func conditions() {
        let envelope = Envelope(
            name: "a",
            match: [
                Condition(label: "environment", matcher: Matcher("production")),
                Condition(label: "agent_id", matcher: Matcher("triage-*")),
                Condition(label: "model", matcher: .anyOf([Matcher("gpt-5"), Matcher("gpt-5-*")])),
            ],
            meter: .cost, limit: 1)
        #expect(envelope.matches(Call(["environment": "production", "agent_id": "triage-7"])))
        #expect(envelope.matches(Call(["agent_id": "triage-7"], model: "gpt-5-mini")), "no environment counts as production")
        #expect(!envelope.matches(Call(["environment": "sandbox", "agent_id": "triage-7"])))
        #expect(!envelope.matches(Call(["environment": "production"])))
        #expect(!envelope.matches(Call(["agent_id": "billing"])))
        #expect(!envelope.matches(Call(["agent_id": "triage-7"], model: "claude")))
        #expect(!envelope.matches(Call(["agent_id": "triage-7"], tool: "crm.get")), "a tool call has no model")
    }

    @Test("without conditions every call matches that its meter counts", arguments: Meter.allCases)
    func meters(meter: Meter) {
        let envelope = Envelope(name: "a", meter: meter, limit: 1)
        #expect(envelope.matches(Call()) == (meter != .toolCalls))
        #expect(envelope.matches(Call(tool: "crm.get")) == (meter == .cost || meter == .toolCalls))
    }

    @Test("meter, window and per begin new balances; the limit, the plan and the owner do not")
    func rule() {
        let plain = Envelope(name: "a", per: ["x"], meter: .cost, limit: 1)
        let changed = [
            Envelope(name: "a", per: ["x"], meter: .tokens, limit: 1), Envelope(name: "a", per: ["y"], meter: .cost, limit: 1),
            Envelope(name: "a", per: ["x", "y"], meter: .cost, limit: 1), Envelope(name: "a", meter: .cost, limit: 1),
            Envelope(name: "a", per: ["x"], meter: .cost, limit: 1, windowRule: WindowRule(.day)),
        ]
        #expect(Set(([plain] + changed).map(\.rule)).count == 6)
        let same = Envelope(name: "a", owner: "o", per: ["x"], meter: .cost, limit: 99, perCall: 5, plan: [PlanStep(at: 120, action: .refuse)])
        #expect(same.rule == plain.rule)
    }
}
