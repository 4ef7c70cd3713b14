import Ledger
import Testing

@Suite("What makes a balance another one")
struct BalanceIdentityTests {
    private static func bytes(_ envelope: Envelope, _ values: [String] = ["u"], start: Int64? = 0, organisation: UInt64 = 1) -> [UInt8] {
        let window = Window(start: start.map { Timestamp(seconds: $0) }, end: nil)
        return BalanceIdentity.canonicalBytes(
            organisation: Identifier(high: organisation, low: 1), claim: Claim(envelope: envelope, values: values, window: window, amount: 1))
    }

    @Test("organisation, envelope, meter, window rule, per names and values, window start")
    func parts() {
        let plain = Envelope(name: "a", per: ["user_id"], meter: .cost, limit: 1)
        let different = [
            Self.bytes(plain), Self.bytes(plain, organisation: 2), Self.bytes(plain, ["v"]), Self.bytes(plain, [""]), Self.bytes(plain, start: 60),
            Self.bytes(plain, start: nil), Self.bytes(Envelope(name: "b", per: ["user_id"], meter: .cost, limit: 1)),
            Self.bytes(Envelope(name: "a", per: ["user_id"], meter: .tokens, limit: 1)),
            Self.bytes(Envelope(name: "a", per: ["agent_id"], meter: .cost, limit: 1)),
            Self.bytes(Envelope(name: "a", per: ["user_id"], meter: .cost, limit: 1, windowRule: WindowRule(.day))),
        ]
        #expect(Set(different).count == different.count)
    }

    @Test("values are not run together")
    func values() {
        let envelope = Envelope(name: "a", per: ["x", "y"], meter: .cost, limit: 1)
        let values = [["ab", "c"], ["a", "bc"], ["abc", ""], ["", "abc"], ["c", "ab"], ["a,b", "c"], ["a", "b,c"]]
        #expect(Set(values.map { Self.bytes(envelope, $0) }).count == values.count)
    }

    @Test("not the limit, the plan, the owner, or what is matched")
    func sameBalance() {
        let plain = Envelope(name: "a", per: ["user_id"], meter: .cost, limit: 1)
        let other = Envelope(
            name: "a", owner: "o", match: [Condition(label: "team_id", matcher: Matcher("*"))], per: ["user_id"], meter: .cost, limit: 2,
            perCall: 1,
            plan: [PlanStep(at: 120, action: .refuse)])
        #expect(Self.bytes(plain) == Self.bytes(other))
    }
}
