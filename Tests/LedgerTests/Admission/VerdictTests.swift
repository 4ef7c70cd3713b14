import Ledger
import Testing

@Suite("Several verdicts on one call")
struct VerdictTests {
    private static let now = Timestamp(seconds: 1_790_000_000)
    private static let call = Call(["agent_id": "x"], cost: 10)

    /// One thing that speaks against the call.
    private enum Objection: CaseIterable {
        case rule, unmatched, suspended, frozen, refuse, rateLimit, approval, downgrade
    }

    /// A till in which these things speak against the call.
    private static func till(_ objections: [Objection]) -> Till {
        func has(_ objection: Objection) -> Bool { objections.contains(objection) }
        var envelopes: [Envelope] = []
        if has(.downgrade) { envelopes.append(Envelope(name: "downgrade", meter: .cost, limit: 1, plan: [.downgrade(100, to: "economy")])) }
        if has(.approval) { envelopes.append(Envelope(name: "approval", meter: .cost, limit: 1, plan: [.requireApproval(100)])) }
        if has(.rateLimit) { envelopes.append(Envelope(name: "rate", meter: .cost, limit: 10, windowRule: WindowRule(.minute))) }
        if has(.refuse) { envelopes.append(Envelope(name: "refuse", meter: .cost, limit: 1)) }
        if has(.frozen) { envelopes.append(Envelope(name: "frozen", meter: .cost, limit: 1_000)) }
        let rule = AccessRule(name: "no-gpt", kind: .model, deny: [Matcher("gpt-5")])
        let suspension = Suspension(
            id: Identifier(high: 5, low: 1), subject: Subject(kind: .agent, id: "x"), rule: nil, reason: "loops", openedAt: now)
        let freeze = Freeze(envelope: "frozen", author: "ann", reason: "audit", since: now)
        let policy = Policy(
            version: 1, envelopes: envelopes, routes: .sample, accessRules: has(.rule) ? [rule] : [], unmatched: has(.unmatched) ? .refuse : .admit)
        return Till(policy, guards: Guards(suspensions: has(.suspended) ? [suspension] : [], freezes: has(.frozen) ? [freeze] : []))
    }

    private static func decide(_ objections: [Objection]) throws -> Admission.Decision {
        var till = till(objections)
        // The rate is used up by another call, so that the same call would fit an empty window.
        if objections.contains(.rateLimit) { _ = try till.charge(Call(["agent_id": "y"], cost: 10), at: now) }
        return try till.reserve(call, at: now, cost: { _ in 1 }).decision
    }

    @Test("the first in the order of the design speaks")
    func order() throws {
        let kinds: [(Objection, Objections.Kind)] = [
            (.rule, .modelNotAllowed), (.suspended, .suspended), (.frozen, .frozen), (.refuse, .exhausted), (.rateLimit, .rateLimited),
            (.approval, .approvalRequired),
        ]
        for first in kinds.indices {
            for second in first..<kinds.count {
                let objections = try #require(try Self.decide([kinds[first].0, kinds[second].0, .downgrade]).objections)
                #expect(objections.kind == kinds[first].1, "\(kinds[first]), \(kinds[second])")
            }
            #expect(try Self.decide(kinds[first...].map(\.0) + [.downgrade]).objections?.kind == kinds[first].1)
        }
        #expect(try Self.decide([.downgrade]).admitted?.offer.call.model == "gpt-5-nano")
        #expect(try Self.decide([]).admitted?.reason == nil)
    }

    @Test("all of them are listed, each envelope in the policy's order")
    func listed() throws {
        let objections = try #require(try Self.decide(Objection.allCases).objections)
        #expect(objections.rules.map(\.name) == ["no-gpt"])
        #expect(objections.suspensions.map(\.reason) == ["loops"])
        #expect(objections.freezes.map(\.envelope) == ["frozen"])
        #expect(objections.lines == ["approval limit require_approval", "rate limit refuse", "refuse limit refuse"])
        #expect(objections.unreachableTier == nil && !objections.isUnmatched)
    }

    @Test("a tool that is forbidden, and a call that no envelope matches, come before a suspension")
    func unmatched() throws {
        #expect(try Self.decide([.unmatched]).objections?.kind == .unmatched)
        let both = try #require(try Self.decide([.unmatched, .suspended]).objections)
        #expect(both.kind == .unmatched && both.suspensions.count == 1)
        #expect(try Self.decide([.unmatched, .rule]).objections?.kind == .modelNotAllowed)
    }

    @Test("a refusal books nothing and switches nothing", arguments: 0..<6)
    func nothing(index: Int) throws {
        let objection = [Objection.rule, .suspended, .frozen, .refuse, .rateLimit, .approval][index]
        var till = Self.till([objection, .downgrade])
        if objection == .rateLimit { _ = try till.charge(Call(["agent_id": "y"], cost: 10), at: Self.now) }
        let before = till.book
        #expect(try till.reserve(Self.call, at: Self.now, cost: { _ in 1 }).decision.isAdmitted == false)
        #expect(till.book.balances.prefix(before.balances.count) == before.balances[...])
        #expect(till.book.balances.allSatisfy { $0.held == 0 && $0.marks.routeTier == nil })
        #expect(!till.book.marked.contains(true) && till.events.isEmpty)
    }

    @Test("a mix of refusals and rate limits is no rate limit")
    func mixed() throws {
        #expect(try Self.decide([.rateLimit, .refuse]).objections?.kind == .exhausted)
        #expect(try Self.decide([.rateLimit, .approval]).objections?.kind == .rateLimited)
    }
}
