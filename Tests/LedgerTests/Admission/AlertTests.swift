import Ledger
import Testing

@Suite("Alerts")
struct AlertTests {
    private static let envelope = Envelope(
        name: "a", owner: "lead", playbook: "https://wiki/a", per: ["user_id"], meter: .cost, limit: 1_000,
        plan: [.alert(50), .alert(80), .refuse(100)])

    private static func call(_ cost: Int64, user: String = "u") -> Call { Call(["user_id": user], cost: cost) }

    @Test("fire at their share, not a nano-unit below it")
    func reached() throws {
        var till = Till(Self.envelope)
        _ = try till.reserve(Self.call(499))
        #expect(till.events.isEmpty)
        _ = try till.reserve(Self.call(1))
        #expect(till.events.map(\.line) == ["alert a(u) 50 %"])
    }

    @Test("fire once for each balance and step, however often it is passed")
    func once() throws {
        var till = Till(Self.envelope)
        for _ in 0..<3 {
            let hold = try till.reserve(Self.call(600)).hold
            _ = till.settle(hold, charge: .zero)
        }
        #expect(till.events.map(\.line) == ["alert a(u) 50 %"])
        _ = try till.reserve(Self.call(600, user: "v"))
        #expect(till.events.map(\.line) == ["alert a(u) 50 %", "alert a(v) 50 %"])
        _ = try till.reserve(Self.call(800))
        #expect(till.events.map(\.line).last == "alert a(u) 80 %" && till.events.count == 3)
    }

    @Test("fire anew in the next window")
    func nextWindow() throws {
        var till = Till(Envelope(name: "a", meter: .cost, limit: 10, windowRule: WindowRule(.day), plan: [.alert(80), .refuse(100)]))
        for day in 0..<3 as Range<Int64> { _ = try till.reserve(Call(cost: 9), at: Timestamp(seconds: day * 86_400)) }
        #expect(till.events.count == 3)
    }

    @Test("fire each, where a call jumps several steps at once, lowest first")
    func several() throws {
        var till = Till(Self.envelope)
        _ = try till.reserve(Self.call(1_000))
        #expect(till.events.map(\.line) == ["alert a(u) 50 %", "alert a(u) 80 %"])
        #expect(till.balance("a", "u")?.marks.alerted == 80)
    }

    @Test("fire by a commit that overruns its hold, by a direct charge and by a late one")
    func settlements() throws {
        var till = Till(Self.envelope)
        let hold = try till.reserve(Self.call(100)).hold
        _ = till.settle(hold, charge: Amounts(cost: 500))
        #expect(till.events.map(\.line) == ["alert a(u) 50 %"])
        _ = try till.charge(Self.call(299))
        #expect(till.events.count == 1)
        _ = try till.charge(Self.call(1))
        #expect(till.events.map(\.line) == ["alert a(u) 50 %", "alert a(u) 80 %"])

        till = Till(Self.envelope)
        let expired = try till.reserve(Self.call(100)).hold
        _ = till.settle(expired, charge: .zero)
        _ = till.settle(expired, charge: Amounts(cost: 5_000), late: true)
        #expect(till.events.map(\.line) == ["alert a(u) 50 %", "alert a(u) 80 %"])
    }

    @Test("never fire by a refused call, a release, or a commit of no more than was held")
    func quiet() throws {
        var till = Till(Self.envelope)
        #expect(try till.reserve(Self.call(1_001)).decision.isAdmitted == false)
        #expect(till.events.isEmpty && till.balance("a", "u")?.marks.alerted == 0)

        // A lower limit puts the balance over its steps; only a call that takes more of it tells.
        till = Till(Self.envelope)
        let (first, second) = (try till.reserve(Self.call(200)).hold, try till.reserve(Self.call(200)).hold)
        till.policy = Policy(
            version: 2, envelopes: [Envelope(name: "a", per: ["user_id"], meter: .cost, limit: 100, plan: [.alert(50), .refuse(100)])])
        _ = till.settle(first, charge: Amounts(cost: 200))
        _ = till.settle(second, charge: .zero)
        #expect(till.events.isEmpty)
        _ = try till.charge(Self.call(1))
        #expect(till.events.map(\.line) == ["alert a(u) 50 %"])
    }

    @Test("a refusal by another envelope keeps all of them quiet")
    func refusedElsewhere() throws {
        var till = Till(Self.envelope, Envelope(name: "b", meter: .cost, limit: 1))
        #expect(try till.reserve(Self.call(900)).decision.objections?.lines == ["b limit refuse"])
        #expect(till.events.isEmpty && till.balance("a", "u")?.marks == Marks())
    }

    @Test("carry the owner, the playbook and the balance after their cause")
    func contents() throws {
        var till = Till(Self.envelope)
        _ = try till.charge(Self.call(300))
        _ = try till.reserve(Self.call(250))
        let event = try #require(till.events.first)
        #expect(event.kind == .alert && event.owner == "lead" && event.playbook == "https://wiki/a" && event.step == 50)
        #expect(event.limit == 1_000 && event.held == 250 && event.spent == 300)
        #expect(event.identity?.values == ["u"])
        #expect(event.reason == "'a' reached 50 % of its limit")
    }

    @Test("look at the limit as adjustments made it")
    func adjusted() throws {
        var till = Till(Self.envelope)
        _ = try till.reserve(Self.call(100))
        till.adjust("a", "u", by: 1_000)
        _ = try till.reserve(Self.call(899))
        #expect(till.events.map(\.line) == ["balance.adjusted a(u)"])
        _ = try till.reserve(Self.call(1))
        #expect(till.events.map(\.line) == ["balance.adjusted a(u)", "alert a(u) 50 %"])
        #expect(till.events.last?.limit == 2_000)
    }
}
