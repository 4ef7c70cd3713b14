import Ledger
import Testing

@Suite("Breakers that were lifted for a few steps")
struct ProbationTests {
    private static let run = Subject(kind: .run, id: "r")

    @Test("trip again after those steps where all of them misbehave, and say that it was a probation")
    func again() throws {
        var bench = BreakerBench(Breaker("b", .sameState(10)))
        #expect(bench.admitted(of: 12, state: "x") == 10)
        bench.lift(Self.run, allowSteps: 3)
        #expect(bench.admitted(of: 12, state: "x") == 3)
        #expect(
            try #require(bench.events.last).reason == "run 'r' made 3 steps in one state, as many as 'b' allows (3) while on probation for 3 steps")
        bench.lift(Self.run)
        #expect(bench.admitted(of: 12, state: "x") == 10, "lifted for good")
    }

    @Test("are as before once the steps were made without it")
    func ended() {
        var bench = BreakerBench(Breaker("b", .sameState(10)))
        bench.lift(Self.run, allowSteps: 3)
        for state in ["x", "y", "x", "z"] { #expect(bench.call(state: state) != nil) }
        #expect(bench.admitted(of: 12, state: "x") == 8, "two were in this state already")
    }

    @Test("count failed answers too, and never allow more than the rule does")
    func failures() {
        var bench = BreakerBench(Breaker("b", .toolErrors(5)))
        _ = bench.call()
        bench.lift(Self.run, allowSteps: 2)
        for _ in 0..<2 { bench.commit(bench.call(tool: "t"), failed: true) }
        #expect(bench.call(tool: "t") == nil)
        bench.lift(Self.run, allowSteps: 100)
        for _ in 0..<5 { bench.commit(bench.call(tool: "t"), failed: true) }
        #expect(bench.call(tool: "t") == nil)
    }

    @Test("hold for rules with a match, which have counters of their own")
    func match() {
        let production = [Condition(label: "environment", matcher: Matcher("production"))]
        var bench = BreakerBench(Breaker("b", match: production, .sameState(10)))
        #expect(bench.admitted(of: 12, state: "x") == 10)
        bench.lift(Self.run, allowSteps: 2)
        #expect(bench.admitted(of: 12, state: "x") == 2)
    }
}
