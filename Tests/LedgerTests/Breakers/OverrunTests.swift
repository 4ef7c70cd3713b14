import Ledger
import Testing

@Suite("Breakers that watch whether an envelope is overrun")
struct OverrunTests {
    private static let day = Envelope(name: "agent-day", owner: "lead", per: ["agent_id", "run_id"], meter: .cost, limit: 100)

    private static func policy(_ breakers: Breaker...) -> Policy { Policy(version: 1, envelopes: [day], breakers: breakers) }

    private static func breaker(_ name: String = "overrun", _ action: Breaker.Action = .suspend, percent: Int64 = 50) -> Breaker {
        Breaker(name, on: .agent, .overrun(percent: percent, withinSeconds: 3_600, envelope: "agent-day"), action)
    }

    private static let call: KeyValuePairs = ["agent_id": "x", "run_id": "r"]

    @Test("the subject that the breaker names is stopped, by the breaker's name, when booked use passes the share")
    func stops() throws {
        var till = Till(Self.policy(Self.breaker()))
        _ = try till.charge(Call(Self.call, cost: 150))
        #expect(till.events.isEmpty, "exactly at the share")
        _ = try till.charge(Call(Self.call, cost: 1))
        let event = try #require(till.events.first)
        #expect(event.kind == .suspensionOpened && event.rule == "overrun" && event.subject == Subject(kind: .agent, id: "x"))
        #expect(
            event.envelope == "agent-day" && event.reason == "'agent-day' has spent more than 150 % of its limit within 3600 s of passing the limit")
    }

    @Test("whoever takes longer is not stopped")
    func slow() throws {
        var till = Till(Self.policy(Self.breaker()))
        _ = try till.charge(Call(Self.call, cost: 101))
        _ = try till.charge(Call(Self.call, cost: 100), at: Timestamp(seconds: 3_601))
        #expect(till.events.isEmpty)
    }

    @Test("one that only tells, tells once, and leaves the other its say")
    func alert() throws {
        var till = Till(Self.policy(Self.breaker("watch", .alert), Self.breaker("stop", .suspend, percent: 100)))
        _ = try till.charge(Call(Self.call, cost: 160))
        _ = try till.charge(Call(Self.call, cost: 10))
        #expect(till.events.map(\.kind) == [.breakerTripped])
        _ = try till.charge(Call(Self.call, cost: 100))
        #expect(till.events.map(\.kind) == [.breakerTripped, .suspensionOpened])
        #expect(till.events.map(\.rule) == ["watch", "stop"])
    }

    @Test("the plan of the envelope is shown as it was written")
    func plan() throws {
        let envelope = try #require(Self.policy(Self.breaker()).envelope(named: "agent-day"))
        #expect(envelope.plan.steps == Self.day.plan.steps && envelope.rule == Self.day.rule)
    }
}
