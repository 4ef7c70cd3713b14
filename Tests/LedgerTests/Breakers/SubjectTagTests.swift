import Ledger
import Testing

@Suite("The tags that breakers ask for")
struct SubjectTagTests {
    private static func missing(
        _ breaker: Breaker, _ tags: [String: String] = [:], tool: String? = nil, rules: TagRules = .none, envelopes: [Envelope] = [],
        isSpent: Bool = false
    ) -> [String] {
        let policy = Policy(version: 1, envelopes: envelopes, tagRules: rules, breakers: [breaker])
        let call = Call(tags: Tags(tags), model: tool == nil ? "m" : nil, tool: tool, amounts: .zero)
        let now = Timestamp(seconds: 1_790_000_000)
        do throws(TagsMissing) {
            _ = try policy.claims(of: call, in: policy.windows(at: now), at: now, isSpent: isSpent, isAsked: !isSpent)
            return []
        } catch {
            return error.names
        }
    }

    @Test("a call that a breaker would stop must say of whom it is, for every kind of subject")
    func kinds() {
        for kind in [Subject.Kind.run, .session, .agent, .user, .workflow] {
            let tag = kind.tag ?? ""
            for when: Breaker.Condition in [.sameState(2), .steps(1), .toolErrors(1), .cost(above: Money(nanos: 1))] {
                #expect(Self.missing(Breaker("b", on: kind, when)) == [tag])
                #expect(Self.missing(Breaker("b", on: kind, when), tool: "t") == [tag])
                #expect(Self.missing(Breaker("b", on: kind, when), [tag: "x"]).isEmpty)
            }
        }
        #expect(Self.missing(Breaker("b", on: .key, .steps(1))).isEmpty)
    }

    @Test("only where the breaker looks, and not for one that only tells")
    func looks() {
        let staging = [Condition(label: "environment", matcher: Matcher("staging"))]
        #expect(Self.missing(Breaker("b", match: staging, .steps(1))).isEmpty)
        #expect(Self.missing(Breaker("b", match: staging, .steps(1)), ["environment": "staging"]) == ["run_id"])
        #expect(Self.missing(Breaker("b", .steps(1), .alert)).isEmpty)
        for when: Breaker.Condition in [.toolCalls(count: 1, withinSeconds: 60), .baseline(.toolCalls, times: 2, withinSeconds: 60)] {
            #expect(Self.missing(Breaker("b", when)).isEmpty)
            #expect(Self.missing(Breaker("b", when), tool: "t") == ["run_id"])
        }
        #expect(Self.missing(Breaker("b", .baseline(.tokens, times: 2, withinSeconds: 60))) == ["run_id"])
        #expect(Self.missing(Breaker("b", .baseline(.tokens, times: 2, withinSeconds: 60)), tool: "t").isEmpty)
        #expect(Self.missing(Breaker("b", .steps(1)), isSpent: true).isEmpty, "spent is spent")
    }

    @Test("tags that may be missing may be missing here too")
    func excused() {
        let rules = TagRules(
            allowMissingIn: Matcher("sandbox"),
            exceptions: [
                TagException(
                    match: [Condition(label: "team_id", matcher: Matcher("legacy"))], missing: ["run_id"], expires: Timestamp(seconds: 1_900_000_000),
                    reason: "migration")
            ])
        #expect(Self.missing(Breaker("b", .steps(1)), ["environment": "sandbox"], rules: rules).isEmpty)
        #expect(Self.missing(Breaker("b", .steps(1)), ["team_id": "legacy"], rules: rules).isEmpty)
        #expect(Self.missing(Breaker("b", .steps(1)), ["team_id": "new"], rules: rules) == ["run_id"])
    }
}
