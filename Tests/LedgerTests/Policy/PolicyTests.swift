import Ledger
import Testing

@Suite("What a call asks of a policy")
struct PolicyTests {
    private static func claims(_ call: Call, _ envelopes: Envelope..., at time: Timestamp = Timestamp(seconds: 0)) throws -> [Claim] {
        let policy = Policy(version: 1, envelopes: envelopes)
        return try policy.claims(of: call, in: policy.windows(at: time), at: time)
    }

    @Test("one claim for each envelope that matches, in the policy's order, each in its own meter, key and window")
    func claims() throws {
        let time = try at("2026-11-21T10:02:00Z")
        let claims = try Self.claims(
            Call(["agent_id": "a", "run_id": "r"], cost: 7, tokens: 30),
            Envelope(name: "calls", per: ["run_id"], meter: .modelCalls, limit: 1, windowRule: WindowRule(.run)),
            Envelope(name: "others", match: [Condition(label: "agent_id", matcher: Matcher("b"))], meter: .cost, limit: 1),
            Envelope(name: "tools", meter: .toolCalls, limit: 1),
            Envelope(name: "money", per: ["run_id", "agent_id"], meter: .cost, limit: 1, windowRule: WindowRule(.day)),
            Envelope(name: "tokens", per: ["model"], meter: .tokens, limit: 1, windowRule: WindowRule(.minute)), at: time)
        #expect(claims.map(\.envelope.name) == ["calls", "money", "tokens"])
        #expect(claims.map(\.values) == [["r"], ["r", "a"], ["gpt-5"]])
        #expect(claims.map(\.amount) == [1, 7, 30])
        #expect(claims.map(\.window) == [.forever, WindowRule(.day).window(containing: time), WindowRule(.minute).window(containing: time)])
    }

    @Test("an empty policy asks nothing")
    func empty() throws {
        #expect(try Policy.empty.claims(of: Call(), in: Policy.empty.windows(at: Timestamp(seconds: 0)), at: Timestamp(seconds: 0)).isEmpty)
        #expect(Policy.empty.version == 0)
    }

    @Test("tags that are missing are told all at once, each once, and only those of envelopes that match")
    func missing() {
        let error = #expect(throws: TagsMissing.self) {
            try Self.claims(
                Call(["user_id": "u"]),
                Envelope(name: "a", per: ["run_id", "user_id"], meter: .cost, limit: 1),
                Envelope(name: "b", meter: .cost, limit: 1),
                Envelope(name: "c", per: ["agent_id", "run_id"], meter: .modelCalls, limit: 1),
                Envelope(
                    name: "d", match: [Condition(label: "team_id", matcher: Matcher("*"))], per: ["session_id"], meter: .cost, limit: 1),
                Envelope(name: "e", per: ["step_name"], meter: .toolCalls, limit: 1))
        }
        #expect(error?.names == ["run_id", "agent_id"])
    }

    @Test("a call without environment counts as production in per, too")
    func environment() throws {
        let claims = try Self.claims(Call(), Envelope(name: "a", per: ["environment"], meter: .cost, limit: 1))
        #expect(claims.map(\.values) == [["production"]])
    }

    @Test("an empty tag is a value like any other")
    func emptyValue() throws {
        #expect(try Self.claims(Call(["run_id": ""]), Envelope(name: "a", per: ["run_id"], meter: .cost, limit: 1)).map(\.values) == [[""]])
    }

    @Test("per model and per tool ask no caller for what his call cannot have")
    func modelAndTool() throws {
        let envelope = Envelope(name: "a", per: ["model", "tool"], meter: .cost, limit: 1)
        #expect(try Self.claims(Call(), envelope).map(\.values) == [["gpt-5", ""]])
        #expect(try Self.claims(Call(tool: "crm.get"), envelope).map(\.values) == [["", "crm.get"]])
    }

    @Test("a tag of the caller's does not pose as the model or the tool")
    func reserved() throws {
        let envelope = Envelope(name: "a", match: [Condition(label: "tool", matcher: Matcher("*"))], per: ["tool"], meter: .cost, limit: 1)
        #expect(try Self.claims(Call(["tool": "crm.get"]), envelope).isEmpty)
    }
}
