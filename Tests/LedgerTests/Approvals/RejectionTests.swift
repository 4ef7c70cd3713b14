import Ledger
import Testing

@Suite("What a person rejects")
struct RejectionTests {
    private static let run: KeyValuePairs = ["run_id": "r1"]

    @Test("stays refused for that run, and names the approval and when the window ends")
    func refused() throws {
        let rule = WindowRule(.day)
        var till = Till(Envelope(name: "day", meter: .cost, limit: 10, windowRule: rule, plan: [.requireApproval(100)]))
        let question = try #require(try till.ask(Call(Self.run, cost: 11)).first)
        till.reject(question)
        let objections = try #require(try till.reserve(Call(Self.run, cost: 11)).decision.objections)
        #expect(objections.kind == .exhausted)
        let violation = try #require(objections.violations.first)
        #expect(violation.isRejected && violation.action == .refuse && violation.approval == question.id)
        #expect(violation.resetsAt == question.window.end && violation.resetsAt != nil)
        // What the envelope itself admits is not what was asked, and other runs may ask.
        #expect(try till.reserve(Call(Self.run, cost: 10)).decision.isAdmitted)
        _ = try till.ask(Call(["run_id": "r2"], cost: 11))
        // The next window is another question.
        _ = try till.ask(Call(Self.run, cost: 11), at: Timestamp(seconds: 86_400))
    }

    @Test("counts before a question that another envelope asks")
    func beforeQuestions() throws {
        var till = Till(
            Envelope(name: "a", meter: .cost, limit: 0, plan: [.requireApproval(100)]),
            Envelope(name: "b", meter: .modelCalls, limit: 0, plan: [.requireApproval(100)]))
        let questions = try till.ask(Call(Self.run, cost: 1))
        till.reject(questions[0])
        let objections = try #require(try till.reserve(Call(Self.run, cost: 1)).decision.objections)
        #expect(objections.kind == .exhausted)
        #expect(objections.lines == ["a limit refuse", "b limit require_approval"])
    }

    @Test("is no rate, however short the window is")
    func noRate() throws {
        let rule = WindowRule(.minute)
        var till = Till(Envelope(name: "minute", meter: .cost, limit: 10, windowRule: rule, plan: [.requireApproval(100), .refuse(200)]))
        let question = try #require(try till.ask(Call(Self.run, cost: 11)).first)
        #expect(try till.reserve(Call(Self.run, cost: 21)).decision.objections?.kind == .exhausted)
        till.reject(question)
        let objections = try #require(try till.reserve(Call(Self.run, cost: 11)).decision.objections)
        #expect(objections.kind == .exhausted && objections.violations.first?.isRateLimit == false)
        #expect(objections.violations.first?.resetsAt == Timestamp(seconds: 60))
    }

    @Test("leaves open what was granted before")
    func granted() throws {
        var till = Till(Envelope(name: "total", meter: .cost, limit: 0, plan: [.requireApproval(100)]))
        let question = try #require(try till.ask(Call(Self.run, cost: 1)).first)
        till.grant(10, for: question)
        till.reject(question)
        #expect(try till.reserve(Call(Self.run, cost: 10)).decision.isAdmitted)
        #expect(try till.reserve(Call(Self.run, cost: 1)).decision.objections?.kind == .exhausted)
    }
}
