import Ledger
import Testing

@Suite("What an approval is for")
struct ApprovalScopeTests {
    private static func scopes(
        _ tags: KeyValuePairs<String, String>, _ envelopes: [Envelope] = [envelope()], model: String? = "big", at now: Timestamp = Tape.start
    ) throws -> [Identifier?] {
        let policy = Policy(version: 1, envelopes: envelopes)
        let pricing = CallPricing(
            policy: policy, prices: Tape.prices, organisation: Tape.organisation, windows: policy.windows(at: now), now: now,
            hash: { Tape.hash($0) })
        return try pricing.offer(
            tags: Tape.tags(tags), model: model, tool: model == nil ? "crm.search" : nil, usage: nil, toolCalls: nil, stated: Money(nanos: 1)
        ).scopes
    }

    private static func envelope(
        _ name: String = "total", per: [String] = [], limit: Int64? = 10, window: WindowRule = WindowRule(.forever), mode: Envelope.Mode = .enforce,
        plan: [PlanStep] = [.requireApproval(100)]
    ) -> Envelope {
        Envelope(
            name: name, per: per, meter: .cost, limit: limit, perCall: limit == nil ? 1 : nil, windowRule: window, plan: plan, mode: mode)
    }

    @Test("one run, envelope, key and window; nothing else of the call counts")
    func scope() throws {
        let hour = WindowRule(.hour)
        let envelopes = [Self.envelope("a", per: ["team_id"], window: hour), Self.envelope("b", per: ["team_id"], window: hour)]
        let base = try Self.scopes(["team_id": "red", "run_id": "r1"], envelopes)
        #expect(base.count == 2 && base[0] != nil && base[0] != base[1], "another envelope")
        let same = try Self.scopes(["team_id": "red", "run_id": "r1", "agent_id": "x", "user_id": "u"], envelopes, model: "small")
        #expect(same == base)
        #expect(try Self.scopes(["team_id": "red", "run_id": "r1"], envelopes, model: nil) == base, "a tool call")
        let others = [
            try Self.scopes(["team_id": "red", "run_id": "r2"], envelopes), try Self.scopes(["team_id": "blue", "run_id": "r1"], envelopes),
            try Self.scopes(["team_id": "red", "run_id": "r1"], envelopes, at: Tape.start.adding(seconds: 3_600)),
            try Self.scopes(["team_id": "red"], envelopes),
        ]
        #expect(Set(([base] + others).flatMap { $0 }).count == 10)
    }

    @Test("without a run the agent's, without an agent that of whoever has the key")
    func withoutRun() throws {
        let none = try Self.scopes([:])
        let agent = try Self.scopes(["agent_id": "x"])
        #expect(none != agent && none[0] != nil)
        #expect(try Self.scopes(["agent_id": "x", "user_id": "u"]) == agent)
        #expect(try Self.scopes(["agent_id": "y"]) != agent)
        #expect(try Self.scopes(["user_id": "u"]) == none)
        #expect(try Self.scopes(["run_id": "x"]) != agent, "a run that is called as an agent is not the agent")

        func beneficiary(_ tags: KeyValuePairs<String, String>) -> String? {
            let question = ApprovalQuestion(
                id: .none, scope: .none, envelope: "e", balance: .none, meter: .cost, names: [], values: [], window: .forever,
                tags: Tape.tags(tags), key: .none, requested: 1, expiresAt: Tape.start)
            return question.beneficiary.map { "\($0.name) \($0.value)" }
        }
        #expect(beneficiary(["agent_id": "x", "run_id": "r"]) == "run_id r")
        #expect(beneficiary(["agent_id": "x", "user_id": "u"]) == "agent_id x")
        #expect(beneficiary(["user_id": "u"]) == nil)
    }

    @Test("only envelopes that ask have one")
    func asking() throws {
        #expect(try Self.scopes(["run_id": "r"], [Self.envelope(mode: .shadow)]) == [nil])
        #expect(try Self.scopes(["run_id": "r"], [Self.envelope(plan: [.refuse(100)])]) == [nil])
        #expect(try Self.scopes(["run_id": "r"], [Self.envelope(limit: nil, plan: [.requireApproval(nil)])]).first != .some(nil))
    }
}
