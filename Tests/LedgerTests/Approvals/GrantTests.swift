import Ledger
import Testing

@Suite("What a person grants")
struct GrantTests {
    private static func total(_ plan: PlanStep..., limit: Int64 = 100) -> Envelope {
        Envelope(name: "total", meter: .cost, limit: limit, plan: plan)
    }

    private static let run: KeyValuePairs = ["run_id": "r1"]

    @Test("covers a call that takes just what is left, and not one nano-unit more")
    func bound() throws {
        var till = Till(Self.total(.requireApproval(100)))
        _ = try till.reserve(Call(Self.run, cost: 100))
        let question = try #require(try till.ask(Call(Self.run, cost: 1)).first)
        till.grant(30, for: question)
        _ = try till.ask(Call(Self.run, cost: 31))
        #expect(try till.reserve(Call(Self.run, cost: 10)).decision.isAdmitted)
        _ = try till.ask(Call(Self.run, cost: 21))
        #expect(try till.reserve(Call(Self.run, cost: 20)).decision.isAdmitted)
        _ = try till.ask(Call(Self.run, cost: 1))
        #expect(till.balance(of: question)?.held == 30 && till.balance(of: question)?.limit == 30)
    }

    @Test("is drawn instead of the envelope, whose use stays as it was, and settles where it was drawn")
    func draw() throws {
        var till = Till(Self.total(.alert(80), .requireApproval(100)))
        let first = try till.reserve(Call(Self.run, cost: 95)).hold
        let question = try #require(try till.ask(Call(Self.run, cost: 20)).first)
        till.grant(50, for: question)
        let events = till.events.count
        let drawn = try till.reserve(Call(Self.run, cost: 20))
        #expect(drawn.decision.entries?.map(\.balance) == [question.scope])
        #expect(till.balance("total")?.id == question.balance && till.balance("total")?.version == 1)
        // The envelope has room for a smaller call, which takes nothing of the grant.
        #expect(try till.reserve(Call(Self.run, cost: 5)).decision.entries?.map(\.balance) == [question.balance])
        #expect(till.events.count == events, "a draw sets nothing off")

        _ = till.settle(drawn.hold, charge: Amounts(cost: 12))
        #expect(till.balance(of: question)?.held == 0 && till.balance(of: question)?.spent == 12)
        _ = till.settle(first, charge: Amounts(cost: 95))
        let envelope = try #require(till.book.balances.first { $0.id == question.balance })
        #expect(envelope.held == 5 && envelope.spent == 95)
        // What came back can be drawn again.
        #expect(try till.reserve(Call(Self.run, cost: 38)).decision.isAdmitted)
        _ = try till.ask(Call(Self.run, cost: 1))
    }

    @Test("serves that run alone")
    func otherRun() throws {
        var till = Till(Self.total(.requireApproval(100), limit: 0))
        let question = try #require(try till.ask(Call(Self.run, cost: 1)).first)
        till.grant(50, for: question)
        _ = try till.ask(Call(["run_id": "r2"], cost: 1))
        _ = try till.ask(Call(cost: 1))
        #expect(try till.reserve(Call(["run_id": "r1", "agent_id": "another"], cost: 1)).decision.isAdmitted)
    }

    @Test("of two envelopes that ask both must grant, and the call is drawn from both")
    func two() throws {
        var till = Till(
            Self.total(.requireApproval(100), limit: 10),
            Envelope(name: "run", per: ["run_id"], meter: .modelCalls, limit: 0, plan: [.requireApproval(100)]))
        let questions = try till.ask(Call(Self.run, cost: 11))
        #expect(questions.map(\.envelope) == ["total", "run"] && Set(questions.map(\.scope)).count == 2)
        till.grant(11, for: questions[0])
        #expect(try till.ask(Call(Self.run, cost: 11)).map(\.envelope) == ["run"])
        #expect(till.balance(of: questions[0])?.held == 0, "a call that is not admitted draws nothing")
        till.grant(1, for: questions[1])
        let entries = try #require(try till.reserve(Call(Self.run, cost: 11)).decision.entries)
        #expect(entries.map(\.balance) == questions.map(\.scope) && entries.map(\.heldChange) == [11, 1])
    }

    @Test("opens a limit on single calls, with a balance or without", arguments: [nil, 1_000] as [Int64?])
    func perCall(limit: Int64?) throws {
        var till = Till(Envelope(name: "big", meter: .cost, limit: limit, perCall: 50, plan: [.requireApproval(nil)]))
        let question = try #require(try till.ask(Call(Self.run, cost: 60)).first)
        till.grant(100, for: question)
        #expect(try till.reserve(Call(Self.run, cost: 60)).decision.entries?.map(\.balance) == [question.scope])
        #expect(try till.reserve(Call(Self.run, cost: 50)).decision.entries?.map(\.balance) == (limit == nil ? [] : [question.balance]))
        _ = try till.ask(Call(Self.run, cost: 51))
        #expect(till.balance(of: question)?.held == 60)
    }

    @Test("opens nothing where a later step refuses")
    func refused() throws {
        var till = Till(Self.total(.requireApproval(100), .refuse(120)))
        _ = try till.reserve(Call(Self.run, cost: 100))
        let question = try #require(try till.ask(Call(Self.run, cost: 20)).first)
        till.grant(1_000, for: question)
        #expect(try till.reserve(Call(Self.run, cost: 21)).decision.objections?.lines == ["total limit refuse"])
        #expect(try till.reserve(Call(Self.run, cost: 20)).decision.isAdmitted)
    }

    @Test("ends: what is left is taken back, what was drawn stays and settles in full")
    func ends() throws {
        var till = Till(Self.total(.requireApproval(100), limit: 0))
        let question = try #require(try till.ask(Call(Self.run, cost: 1)).first)
        till.grant(50, for: question, until: Timestamp(seconds: 60))
        let drawn = try till.reserve(Call(Self.run, cost: 20), at: Timestamp(seconds: 59)).hold
        till.endGrants(at: Timestamp(seconds: 60))
        #expect(till.balance(of: question)?.limit == 20 && till.balance(of: question)?.marks.nextExpiry == nil)
        _ = try till.ask(Call(Self.run, cost: 1), at: Timestamp(seconds: 60))
        #expect(till.events.last?.kind == .grantExpired)

        // Neither what comes back of it nor the nothing that a free call takes is open to anybody.
        _ = till.settle(drawn, charge: Amounts(cost: 5), at: Timestamp(seconds: 61))
        #expect(till.balance(of: question)?.spent == 5)
        _ = try till.ask(Call(Self.run, cost: 1), at: Timestamp(seconds: 61))
    }

    @Test("is charged beyond its amount where more was really spent")
    func overrun() throws {
        var till = Till(Self.total(.requireApproval(100), limit: 0))
        let question = try #require(try till.ask(Call(Self.run, cost: 1)).first)
        till.grant(50, for: question)
        let drawn = try till.reserve(Call(Self.run, cost: 50)).hold
        _ = till.settle(drawn, charge: Amounts(cost: 70))
        #expect(till.balance(of: question)?.spent == 70 && till.balance("total")?.spent == 0)
        till.grant(25, for: question)
        _ = try till.ask(Call(Self.run, cost: 6))
        #expect(try till.reserve(Call(Self.run, cost: 5)).decision.isAdmitted)
    }

    @Test("serves tool calls and counts")
    func toolCall() throws {
        var till = Till(Envelope(name: "tools", per: ["tool"], meter: .toolCalls, limit: 1, plan: [.requireApproval(100)]))
        #expect(try till.reserve(Call(Self.run, tool: "crm.search")).decision.isAdmitted)
        let question = try #require(try till.ask(Call(Self.run, tool: "crm.search")).first)
        #expect(question.meter == .toolCalls && question.requested == 1)
        till.grant(2, for: question)
        for _ in 0..<2 { #expect(try till.reserve(Call(Self.run, tool: "crm.search")).decision.isAdmitted) }
        _ = try till.ask(Call(Self.run, tool: "crm.search"))
        #expect(Grant.identity(of: question).names == ["tool", "run_id"])
        #expect(Grant.identity(of: question).values == ["crm.search", "r1"])
    }

    @Test("a shadow envelope asks nobody and takes nothing from a grant of before")
    func shadow() throws {
        var till = Till(Self.total(.requireApproval(100), limit: 0))
        let question = try #require(try till.ask(Call(Self.run, cost: 1)).first)
        till.grant(50, for: question)
        till.policy = Policy(
            version: 2, envelopes: [Envelope(name: "total", meter: .cost, limit: 0, plan: [.requireApproval(100)], mode: .shadow)])
        let admitted = try #require(try till.reserve(Call(Self.run, cost: 1)).decision.admitted)
        #expect(admitted.entries.map(\.balance) != [question.scope])
        #expect(till.balance(of: question)?.held == 0)
    }
}
