import Ledger
import Testing

@Suite("Guards")
struct GuardsTests {
    private static let now = Timestamp(seconds: 1_790_000_000)

    private static func suspension(_ kind: Subject.Kind, _ id: String, reason: String = "loops", number: UInt64 = 1) -> Suspension {
        Suspension(id: Identifier(high: 5, low: number), subject: Subject(kind: kind, id: id), rule: nil, reason: reason, openedAt: now)
    }

    private static let tags: KeyValuePairs = [
        "run_id": "r", "session_id": "s", "agent_id": "a", "user_id": "u", "workflow_name": "w", "team_id": "t",
    ]

    private static func covered(by guards: Guards, _ tags: KeyValuePairs<String, String> = tags, key: String = "k") -> [String] {
        guards.suspensions(covering: Call(tags).tags, key: key).map { "\($0.subject.kind.rawValue) \($0.subject.id)" }
    }

    @Test(
        "a suspension covers the calls of its subject and no others",
        arguments: [(.run, "r"), (.session, "s"), (.agent, "a"), (.user, "u"), (.workflow, "w"), (.key, "k")] as [(Subject.Kind, String)])
    func kinds(kind: Subject.Kind, id: String) throws {
        let guards = Guards(suspensions: [Self.suspension(kind, id)])
        #expect(Self.covered(by: guards) == ["\(kind.rawValue) \(id)"])
        #expect(Self.covered(by: guards, [:], key: kind == .key ? "other" : "k").isEmpty)
        for other in ["r", "s", "a", "u", "w", "t", "k", "", "R", id + "2"] where other != id {
            #expect(Self.covered(by: Guards(suspensions: [Self.suspension(kind, other)])).isEmpty)
        }
        // It is the tag that counts, not its value under another name, and not the key.
        #expect(Self.covered(by: guards, ["team_id": id, "custom": id], key: kind == .key ? "other" : id).isEmpty)

        var till = Till(Policy(version: 1, envelopes: [Envelope(name: "e", meter: .cost, limit: 100)]), guards: guards)
        till.key = "k"
        let objections = try #require(try till.reserve(Call(Self.tags, cost: 1)).decision.objections)
        #expect(objections.kind == .suspended && objections.suspensions.map(\.subject.id) == [id])
        #expect(till.balance("e")?.version == 0)
        till.key = "other"
        #expect(try till.reserve(Call(["team_id": "t"], cost: 1)).decision.isAdmitted)
        #expect(try till.reserve(Call(tool: "crm.get")).decision.isAdmitted)
    }

    @Test("every suspension that covers a call is told, whatever else is there")
    func several() {
        let guards = Guards(suspensions: [
            Self.suspension(.key, "k"), Self.suspension(.agent, "a"), Self.suspension(.agent, "b"), Self.suspension(.run, "r"),
        ])
        #expect(Self.covered(by: guards) == ["run r", "agent a", "key k"])
        #expect(Self.covered(by: guards, ["agent_id": "b"], key: "z") == ["agent b"])
        #expect(Self.covered(by: Guards()).isEmpty)
    }

    @Test("who is lifted is covered no longer, and can be suspended again; frozen envelopes are another matter")
    func lifted() {
        let freeze = Freeze(envelope: "e", author: "ada", reason: "audit", since: Self.now)
        var guards = Guards(suspensions: [Self.suspension(.agent, "a"), Self.suspension(.run, "r")], freezes: [freeze])
        guards.lift(Subject(kind: .agent, id: "a"))
        #expect(Self.covered(by: guards) == ["run r"])
        guards.lift(Subject(kind: .agent, id: "a"))
        guards.add(Self.suspension(.agent, "a", number: 2))
        #expect(Self.covered(by: guards) == ["run r", "agent a"])
        #expect(guards.freeze(of: "e") != nil)
        guards.replace(freezes: [])
        #expect(guards.freeze(of: "e") == nil && Self.covered(by: guards) == ["run r", "agent a"])
    }

    @Test("of two suspensions of one subject the first stays")
    func first() {
        var guards = Guards(suspensions: [Self.suspension(.agent, "a", reason: "first", number: 1)])
        guards.add(Self.suspension(.agent, "a", reason: "second", number: 2))
        #expect(guards.suspension(of: Subject(kind: .agent, id: "a"))?.reason == "first")
        guards.add(Self.suspension(.user, "a", reason: "another kind", number: 3))
        #expect(guards.suspension(of: Subject(kind: .user, id: "a"))?.reason == "another kind")
        #expect(guards.suspension(of: Subject(kind: .run, id: "a")) == nil)
    }

    @Test("a suspension stops the cheaper model as well")
    func downgraded() throws {
        let envelope = Envelope(name: "e", meter: .cost, limit: 10, plan: [.downgrade(100, to: "economy"), .refuse(1_000)])
        var till = Till(Policy(version: 1, envelopes: [envelope], routes: .sample))
        #expect(try till.reserve(Call(["agent_id": "a"], cost: 11), cost: { _ in 1 }).decision.isAdmitted)
        till.guards = Guards(suspensions: [Self.suspension(.agent, "a")])
        #expect(try till.reserve(Call(["agent_id": "a"], cost: 11), cost: { _ in 1 }).decision.objections?.kind == .suspended)
        #expect(try till.reserve(Call(["agent_id": "b"], cost: 11), cost: { _ in 1 }).decision.isAdmitted)
    }

    @Test("a frozen envelope admits nothing that it matches, not even a free call, and binds no other")
    func frozen() throws {
        let freeze = Freeze(envelope: "a", author: "ann", reason: "audit", since: Self.now)
        let envelopes = [
            Envelope(name: "a", match: [Condition("team_id", "t")], meter: .cost, limit: 100),
            Envelope(name: "b", meter: .cost, limit: 100), Envelope(name: "c", meter: .cost, limit: nil, perCall: 100),
        ]
        var till = Till(Policy(version: 1, envelopes: envelopes), guards: Guards(freezes: [freeze]))
        let objections = try #require(try till.reserve(Call(["team_id": "t"], cost: 0)).decision.objections)
        #expect(objections.kind == .frozen && objections.freezes == [freeze] && objections.violations.isEmpty)
        #expect(till.book.balances.allSatisfy { $0.version == 0 })
        #expect(try till.reserve(Call(["team_id": "other"], cost: 1)).decision.isAdmitted)
        // Real spend is booked all the same.
        #expect(try till.charge(Call(["team_id": "t"], cost: 5))?.count == 2)
        till.guards = Guards(freezes: [Freeze(envelope: "c", author: "ann", reason: "audit", since: Self.now)])
        #expect(try till.reserve(Call(cost: 1)).decision.objections?.kind == .frozen)
        till.guards = Guards(freezes: [Freeze(envelope: "gone", author: "ann", reason: "audit", since: Self.now)])
        #expect(try till.reserve(Call(["team_id": "t"], cost: 1)).decision.isAdmitted)
    }

    @Test("the finest subject of a balance is what a plan stops")
    func subjects() {
        func subject(_ names: [String], _ values: [String]) -> Subject? {
            Subject(of: BalanceIdentity(id: .none, envelope: "a", meter: .cost, rule: "", names: names, values: values, window: .forever))
        }
        #expect(subject(["user_id", "agent_id", "session_id", "run_id"], ["u", "a", "s", "r"]) == Subject(kind: .run, id: "r"))
        #expect(subject(["user_id", "agent_id"], ["u", "a"]) == Subject(kind: .agent, id: "a"))
        #expect(subject(["workflow_name", "team_id"], ["w", "t"]) == nil)
        #expect(subject(["run_id"], [""]) == nil)
        #expect(subject([], []) == nil)
    }
}
