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

    @Test("are as before once the steps were made without it and have ended")
    func ended() {
        var bench = BreakerBench(Breaker("b", .sameState(10)))
        bench.lift(Self.run, allowSteps: 3)
        for state in ["x", "y", "x"] { bench.commit(bench.call(state: state)) }
        #expect(bench.probation == Probation(total: 3, left: 0, pending: 0))
        #expect(bench.call(state: "z") != nil)
        #expect(bench.probation == nil)
        #expect(bench.admitted(of: 12, state: "x") == 8, "two were in this state already")
    }

    @Test("wait for the ends of the steps: what the answers show is judged, however late they come")
    func late() {
        var bench = BreakerBench(Breaker("b", .toolErrors(5)))
        bench.lift(Self.run, allowSteps: 3)
        let steps = [bench.call(tool: "t"), bench.call(), bench.call()]
        let further = bench.call()
        #expect(further != nil && bench.probation == Probation(total: 3, left: 0, pending: 3), "nothing is known yet")
        bench.commit(steps[1])
        bench.release(steps[2])
        #expect(bench.call() != nil && bench.probation?.pending == 1)
        bench.commit(steps[0], failed: true)
        #expect(bench.call() == nil, "the one answer of a tool was an error")
        #expect(bench.events.last?.reason == "run 'r' got 1 tool answers, all errors or empty, while on probation for 3 steps")
    }

    @Test("one good answer of a tool is enough; errors then have their full measure")
    func goodAnswer() {
        var bench = BreakerBench(Breaker("b", .toolErrors(5)))
        bench.lift(Self.run, allowSteps: 3)
        for failed in [false, true, true] { bench.commit(bench.call(tool: "t"), failed: failed) }
        #expect(bench.call(tool: "t") != nil && bench.probation == nil)
        for _ in 0..<3 { bench.commit(bench.call(tool: "t"), failed: true) }
        #expect(bench.call(tool: "t") == nil, "five in a row")
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

    @Test("one step shows no loop; two in one state that is told afterwards do")
    func toldAfter() {
        var one = BreakerBench(Breaker("b", .sameState(10)))
        one.lift(Self.run, allowSteps: 1)
        one.commit(one.call(), state: "x")
        #expect(one.call() != nil && one.probation == nil)
        var two = BreakerBench(Breaker("b", .sameState(10)))
        two.lift(Self.run, allowSteps: 4)
        for state in ["x", nil, "x", nil] { two.commit(two.call(), state: state) }
        #expect(two.call() == nil)
        #expect(two.events.last?.reason == "run 'r' made 2 steps, all in one state, while on probation for 4 steps")
    }

    @Test("hold for rules with a match, which have counters of their own")
    func match() {
        let production = [Condition(label: "environment", matcher: Matcher("production"))]
        var bench = BreakerBench(Breaker("b", match: production, .sameState(10)))
        #expect(bench.admitted(of: 12, state: "x") == 10)
        bench.lift(Self.run, allowSteps: 2)
        #expect(bench.admitted(of: 12, state: "x") == 2)
    }

    @Test("steps, cost and calls of a tool have their full measure, and the trial ends all the same")
    func others() {
        let production = [Condition(label: "environment", matcher: Matcher("production"))]
        let breakers = [
            Breaker("b", .steps(5)), Breaker("b", match: production, .steps(5)), Breaker("b", .toolCalls(count: 5, withinSeconds: 60)),
            Breaker("b", .cost(above: Money(nanos: 5))),
        ]
        for breaker in breakers {
            var bench = BreakerBench(breaker)
            bench.lift(Self.run, allowSteps: 3)
            for _ in 0..<3 { bench.commit(bench.call(tool: "t"), cost: 1) }
            #expect(bench.probation?.isOver == true)
            bench.commit(bench.call(tool: "t"), cost: 1)
            #expect(bench.probation == nil, "\(breaker.when)")
            bench.commit(bench.call(tool: "t"), cost: 2)
            #expect(bench.call(tool: "t") == nil, "five steps, or six of cost")
        }
    }

    @Test("any order of begins and ends: a verdict comes only after so many ends, and nobody good is stopped")
    func anyOrder() {
        var random = SplitMix64.announced("Probations")
        let seed = random.seed
        for _ in 0..<300 {
            let total = random.number(1...8)
            var bench = BreakerBench(Breaker("states", .sameState(10)), Breaker("errors", .toolErrors(5)))
            let before = bench.call(tool: "t")
            bench.lift(Self.run, allowSteps: total)
            bench.commit(before, failed: true)
            var open: [BreakerBench.Step?] = []
            var ended: Int64 = 0
            for step in 0..<40 {
                if open.isEmpty || random.chance(50) {
                    open.append(bench.call(tool: "t", state: "\(step)"))
                    #expect((bench.probation == nil) == (ended >= total), "seed \(seed)")
                } else {
                    let one = open.remove(at: Int(random.number(0...Int64(open.count - 1))))
                    if random.chance(20) { bench.release(one) } else { bench.commit(one, failed: false) }
                    ended += 1
                }
            }
            #expect(bench.events.isEmpty, "seed \(seed): \(bench.lines)")
        }
    }
}
