import Ledger
import Testing

@Suite("Plans that suspend")
struct SuspensionStepTests {
    private static func envelope(per: [String] = ["agent_id"], _ plan: PlanStep...) -> Envelope {
        Envelope(name: "a", owner: "lead", per: per, meter: .cost, limit: 100, plan: plan)
    }

    private static func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: 1_790_000_000 + seconds) }

    private static func call(_ cost: Int64) -> Call { Call(["agent_id": "x"], cost: cost) }

    @Test("look at booked spending only: neither a hold nor a refused estimate suspends")
    func bookedOnly() throws {
        var till = Till(Self.envelope(.suspend(150), .refuse(1_000)))
        #expect(try till.reserve(Self.call(5_000)).decision.isAdmitted == false)
        let hold = try till.reserve(Self.call(900)).hold
        #expect(till.events.isEmpty)
        _ = till.settle(hold, charge: Amounts(cost: 150))
        #expect(till.events.isEmpty, "exactly at the step")
        _ = try till.charge(Self.call(1))
        #expect(till.events.map(\.line) == ["suspension.opened a(x) 150 % of agent x"])
        let event = try #require(till.events.first)
        #expect(event.owner == "lead" && event.spent == 151 && event.held == 0 && event.limit == 100)
        #expect(event.reason == "'a' has spent more than 150 % of its limit")
    }

    @Test("suspend once by each step, the highest that is passed")
    func once() throws {
        var till = Till(Self.envelope(.suspend(100), .suspend(200), .suspend(300)))
        _ = try till.charge(Self.call(101))
        _ = try till.charge(Self.call(50))
        #expect(till.events.map(\.step) == [100])
        _ = try till.charge(Self.call(1_000))
        #expect(till.events.map(\.step) == [100, 300])
        _ = try till.charge(Self.call(1_000))
        #expect(till.events.count == 2)
        #expect(till.balance("a", "x")?.marks.suspended == 300)
    }

    @Test("a step that was exceeded at a lift acts again above another tenth of the limit; one that was not, at its share")
    func pardoned() throws {
        var till = Till(Self.envelope(.suspend(150), .suspend(200)))
        _ = try till.charge(Self.call(195))
        till.pardon("a", "x", at: Self.time(0))
        _ = try till.charge(Self.call(5))
        #expect(till.events.map(\.step) == [150])
        _ = try till.charge(Self.call(1))
        #expect(till.events.map(\.step) == [150, 200])
        till.pardon("a", "x", at: Self.time(0))
        _ = try till.charge(Self.call(10))
        #expect(till.events.count == 2, "just a tenth")
        _ = try till.charge(Self.call(1))
        #expect(till.events.map(\.step) == [150, 200, 200])
    }

    @Test("nothing may be spent of a limit of nothing, lifted or not")
    func pardonedOfNothing() throws {
        var till = Till(Envelope(name: "a", per: ["agent_id"], meter: .cost, limit: 0, plan: [.suspend(100)]))
        _ = try till.charge(Self.call(1))
        till.pardon("a", "x", at: Self.time(0))
        _ = try till.charge(Self.call(1))
        #expect(till.events.map(\.step) == [100, 100])
    }

    @Test("a release changes no booked spending and suspends nobody")
    func release() throws {
        var till = Till(Self.envelope(.suspend(150)))
        let hold = try till.reserve(Self.call(10)).hold
        _ = try till.charge(Self.call(150))
        till.policy = Policy(version: 2, envelopes: [Self.envelope(.suspend(120))])
        _ = till.settle(hold, charge: .zero)
        #expect(till.events.isEmpty)
        _ = try till.charge(Self.call(1))
        #expect(till.events.map(\.step) == [120])
    }

    @Test(
        "within a time counts from the moment when booked use passed the limit",
        arguments: [(0, true), (3_599, true), (3_600, true), (3_601, false), (90_000, false)] as [(Int64, Bool)])
    func within(seconds: Int64, suspends: Bool) throws {
        var till = Till(Self.envelope(.refuse(100), .suspend(150, within: 3_600)))
        _ = try till.charge(Self.call(100), at: Self.time(-50_000))
        #expect(till.balance("a", "x")?.marks.passedAt == nil, "exactly at the limit")
        _ = try till.charge(Self.call(1), at: Self.time(0))
        #expect(till.balance("a", "x")?.marks.passedAt == Self.time(0))
        _ = try till.charge(Self.call(49), at: Self.time(seconds))
        #expect(till.events.isEmpty)
        _ = try till.charge(Self.call(1), at: Self.time(seconds))
        #expect(till.events.map(\.line) == (suspends ? ["suspension.opened a(x) 150 % of agent x"] : []))
        #expect(till.balance("a", "x")?.marks.suspended == (suspends ? 150 : 0))
    }

    @Test("one charge that jumps past the limit and the step is within any time")
    func withinAtOnce() throws {
        var till = Till(Self.envelope(.refuse(100), .suspend(150, within: 1)))
        _ = try till.charge(Self.call(151), at: Self.time(0))
        #expect(till.events.map(\.step) == [150])
    }

    @Test("the time begins anew where a higher limit brought the use below it")
    func withinAgain() throws {
        var till = Till(Self.envelope(.refuse(100), .suspend(150, within: 60)))
        _ = try till.charge(Self.call(110), at: Self.time(0))
        till.adjust("a", "x", by: 100, at: Self.time(10))
        #expect(till.balance("a", "x")?.marks.passedAt == nil)
        _ = try till.charge(Self.call(100), at: Self.time(1_000))
        #expect(till.balance("a", "x")?.marks.passedAt == Self.time(1_000))
        _ = try till.charge(Self.call(91), at: Self.time(1_060))
        #expect(till.events.map(\.line) == ["balance.adjusted a(x)", "suspension.opened a(x) 150 % of agent x"])
    }

    @Test(
        "the subject is the finest of run, session, agent and user that the balance is of",
        arguments: [
            (["user_id", "agent_id", "run_id", "session_id"], "run r"), (["user_id", "agent_id", "session_id"], "session s"),
            (["team_id", "user_id", "agent_id"], "agent x"), (["user_id", "team_id"], "user u"),
        ])
    func subject(per: [String], subject: String) throws {
        var till = Till(Envelope(name: "a", per: per, meter: .cost, limit: 1, plan: [.suspend(100)]))
        _ = try till.charge(Call(["agent_id": "x", "run_id": "r", "session_id": "s", "user_id": "u", "team_id": "t"], cost: 2))
        #expect(till.events.compactMap(\.subject).map { "\($0.kind.rawValue) \($0.id)" } == [subject])
    }

    @Test("an empty tag names nobody: the next finest is stopped, or none")
    func emptySubject() throws {
        var till = Till(Envelope(name: "a", per: ["run_id", "user_id"], meter: .cost, limit: 1, plan: [.suspend(100)]))
        _ = try till.charge(Call(["run_id": "", "user_id": "u"], cost: 2))
        #expect(till.events.map(\.subject) == [Subject(kind: .user, id: "u")])
        _ = try till.charge(Call(["run_id": "", "user_id": ""], cost: 2))
        #expect(till.events.count == 1 && till.balance("a", "", "")?.marks.suspended == 0)
    }
}
