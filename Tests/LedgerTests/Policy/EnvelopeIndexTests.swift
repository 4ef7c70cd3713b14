import Ledger
import Testing

@Suite("Finding the envelopes that match a call")
struct EnvelopeIndexTests {
    /// The same letter, composed and decomposed: two values.
    private static let values = ["a", "b", "c", "ab", "\u{e9}", "e\u{301}", ""]
    private static let labels = ["agent_id", "team_id", "environment", "model", "tool", "tier"]

    private static func matcher(_ random: inout SplitMix64) -> Matcher {
        switch random.number(0...9) {
        case 0..<5: Matcher(random.one(of: values + ["production", "gpt-5", "premium"]))
        case 5..<7: .anyOf((0..<random.number(0...4)).map { _ in Matcher(random.one(of: values + ["production", "a*"])) })
        case 7: .anyOf([Matcher("a"), .anyOf([Matcher("b"), Matcher("b")])])
        case 8: Matcher(random.one(of: ["*", "a*", "*b"]))
        default: .anyOf([Matcher(random.one(of: values)), Matcher("a*")])
        }
    }

    private static func envelope(_ index: Int, _ random: inout SplitMix64) -> Envelope {
        let match = (0..<random.number(0...3)).map { _ in Condition(label: random.one(of: labels), matcher: matcher(&random)) }
        return Envelope(name: "e\(index)", match: match, meter: random.one(of: Meter.allCases), limit: 1)
    }

    private static func call(_ random: inout SplitMix64) -> Call {
        var tags = Tags()
        for label in ["agent_id", "team_id", "environment"] where random.chance(75) { tags[label] = random.one(of: values + ["production"]) }
        let tier = random.chance(50) ? random.one(of: ["premium", "a"]) : nil
        if random.chance(30) { return Call(tags: tags, model: nil, tool: random.one(of: values), tier: tier, amounts: .zero) }
        return Call(tags: tags, model: random.one(of: values + ["gpt-5"]), tool: nil, tier: tier, amounts: .zero)
    }

    @Test("gives what a look at each of them gives, in the policy's order")
    func agrees() throws {
        var random = SplitMix64.announced("Envelope index")
        var found = 0
        for _ in 0..<300 {
            let envelopes = (0..<Int(random.number(0...40))).map { Self.envelope($0, &random) }
            let policy = Policy(version: 1, envelopes: envelopes)
            let windows = policy.windows(at: Timestamp(seconds: 0))
            for _ in 0..<40 {
                let call = Self.call(&random)
                let names = try policy.claims(of: call, in: windows, at: Timestamp(seconds: 0)).map(\.envelope.name)
                let expected = envelopes.filter { $0.matches(call) }.map(\.name)
                found += expected.count
                try #require(names == expected, "seed \(random.seed): \(call)")
            }
        }
        #expect(found > 1_000, "seed \(random.seed): hardly anything matched, which proves nothing")
    }

    @Test("keeps the policy's order, whatever the envelopes are filed under")
    func order() throws {
        let envelopes = [
            Envelope(name: "by-team", match: [Condition("team_id", "t")], meter: .cost, limit: 1),
            Envelope(name: "all", meter: .cost, limit: 1),
            Envelope(name: "by-agent", match: [Condition("agent_id", "a", "b")], meter: .cost, limit: 1),
            Envelope(name: "by-glob", match: [Condition("agent_id", "*")], meter: .cost, limit: 1),
            Envelope(name: "by-both", match: [Condition("agent_id", "a"), Condition("team_id", "t")], meter: .cost, limit: 1),
        ]
        for order in [envelopes, envelopes.reversed(), [envelopes[3], envelopes[0], envelopes[4], envelopes[2], envelopes[1]]] {
            let policy = Policy(version: 1, envelopes: order)
            let call = Call(["team_id": "t", "agent_id": "a"])
            let names = try policy.claims(of: call, in: policy.windows(at: Timestamp(seconds: 0)), at: Timestamp(seconds: 0)).map(\.envelope.name)
            #expect(names == order.map(\.name))
        }
    }
}
