import Ledger
import Testing

@Suite("Breakers that a batch decides")
struct BreakerWatchTests {
    private static let run = Subject(kind: .run, id: "r")

    @Test("no progress: exactly so many steps in one state are admitted, and the next names the numbers")
    func sameState() throws {
        var bench = BreakerBench(Breaker("no-progress", .sameState(10)))
        #expect(bench.admitted(of: 25, state: "c0ffee") == 10)
        #expect(bench.lines == ["suspension.opened no-progress r"])
        #expect(try #require(bench.events.first).reason == "run 'r' made 10 steps in one state, as many as 'no-progress' allows")
        #expect(bench.admitted(of: 1, ["run_id": "s"], state: "c0ffee") == 1, "another run")
    }

    @Test("no progress: a loop through a few states is found, work that goes on is not")
    func states() {
        var loop = BreakerBench(Breaker("b", .sameState(10)))
        #expect((0..<40).count { loop.call(state: $0.isMultiple(of: 2) ? "a" : "b") != nil } == 20)
        var eight = BreakerBench(Breaker("b", .sameState(10)))
        #expect((0..<200).count { eight.call(state: "\($0 % 8)") != nil } == 80)
        var healthy = BreakerBench(Breaker("b", .sameState(10)))
        #expect((0..<500).count { healthy.call(state: "\($0 / 9)") != nil } == 500, "nine steps in each state")
        #expect((0..<500).count { _ in healthy.call() != nil } == 500, "calls without a hash count nothing")
        #expect(healthy.events.isEmpty)
    }

    @Test("no progress: the hash of the commit counts where the reserve brought none")
    func stateOfCommits() {
        var bench = BreakerBench(Breaker("b", .sameState(3)))
        for _ in 0..<3 { bench.commit(bench.call(), state: "x") }
        #expect(bench.call() == nil)
        var both = BreakerBench(Breaker("b", .sameState(3)))
        for _ in 0..<2 { both.commit(both.call(state: "x"), state: "x") }
        #expect(both.call(state: "x") != nil, "counted once for each step")
        #expect(both.call() != nil, "a step that says nothing is none in that state")
        #expect(both.call(state: "x") == nil)
    }

    @Test("steps: exactly so many calls, of models and tools")
    func steps() {
        var bench = BreakerBench(Breaker("b", .steps(40)))
        #expect((0..<60).count { bench.call(tool: $0.isMultiple(of: 3) ? "t" : nil) != nil } == 40)
        #expect(bench.admitted(of: 60, [:]) == 60, "nobody to count for")
    }

    @Test("cost: exactly the amount is allowed; what passes it opens the suspension with the booking itself")
    func cost() throws {
        var bench = BreakerBench(Breaker("b", .cost(above: Money(nanos: 100))))
        let (first, second, third) = (bench.call(), bench.call(), bench.call())
        bench.commit(first, cost: 60)
        bench.commit(second, cost: 40)
        #expect(bench.events.isEmpty)
        bench.commit(third, cost: 1)
        #expect(bench.lines == ["suspension.opened b r"])
        #expect(bench.events[0].reason == "run 'r' has cost 0.000000101, more than the 0.0000001 that 'b' allows")
        #expect(bench.call() == nil)
    }

    @Test("error loop: the call after the last of so many failures in a row is refused; a good answer begins anew")
    func toolErrors() {
        var bench = BreakerBench(Breaker("b", .toolErrors(5)))
        for _ in 0..<4 { bench.commit(bench.call(tool: "t"), failed: true) }
        bench.commit(bench.call(), failed: true)
        bench.commit(bench.call(tool: "u"), failed: nil)
        bench.commit(bench.call(tool: "u"), failed: false)
        for _ in 0..<5 { bench.commit(bench.call(tool: "t"), failed: true) }
        #expect(bench.events.isEmpty, "the retry is what trips")
        #expect(bench.call() == nil)
        #expect(bench.lines == ["suspension.opened b r"])
    }

    @Test("tool storm: so many calls of one tool within a time, each tool for itself")
    func toolCalls() throws {
        var bench = BreakerBench(Breaker("b", on: .agent, .toolCalls(count: 30, withinSeconds: 300)))
        #expect(bench.admitted(of: 29, ["agent_id": "a"], tool: "t") == 29)
        #expect(bench.admitted(of: 29, ["agent_id": "a"], tool: "u") == 29)
        #expect(bench.admitted(of: 50, ["agent_id": "a"]) == 50, "model calls are none")
        #expect(bench.admitted(of: 5, ["agent_id": "a"], tool: "t") == 1)
        #expect(try #require(bench.events.first).reason == "agent 'a' called the tool 't' 30 times within 300 s, as many as 'b' allows")
        var slow = BreakerBench(Breaker("b", on: .agent, .toolCalls(count: 30, withinSeconds: 300)))
        for _ in 0..<500 {
            #expect(slow.call(["agent_id": "a"], tool: "t") != nil)
            slow.pass(seconds: 12)
        }
    }

    @Test("tool storm: a call that turns out to be many counts as many, one that was none as none")
    func toolCallsOfCommits() {
        var bench = BreakerBench(Breaker("b", .toolCalls(count: 10, withinSeconds: 300)))
        bench.commit(bench.call(tool: "t"), toolCalls: 9)
        bench.commit(bench.call(tool: "t"), toolCalls: 0)
        bench.pass(seconds: 30)
        #expect(bench.call(tool: "t") != nil)
        #expect(bench.call(tool: "t") == nil)
        var old = BreakerBench(Breaker("b", .toolCalls(count: 2, withinSeconds: 60)))
        let first = old.call(tool: "t")
        old.pass(seconds: 120)
        #expect(old.call(tool: "t") != nil)
        old.commit(first, toolCalls: 0)
        #expect(old.call(tool: "t") != nil && old.call(tool: "t") == nil, "a call of another time takes nothing back")
    }

    @Test("a call that was begun before a lift tells the new counters nothing")
    func endsOfBefore() {
        var bench = BreakerBench(
            Breaker("cost", .cost(above: Money(nanos: 10))), Breaker("errors", .toolErrors(1)), Breaker("states", .sameState(2)),
            Breaker("storm", .toolCalls(count: 3, withinSeconds: 300)))
        let old = (0..<2).map { _ in bench.call(tool: "t") }
        bench.lift(Self.run)
        for step in old { bench.commit(step, cost: 100, failed: true, state: "x", toolCalls: 50) }
        let new = bench.call(tool: "t")
        #expect(new != nil && bench.events.isEmpty)
        bench.commit(new, cost: 100)
        #expect(bench.lines == ["suspension.opened cost r"])
    }

    @Test("a charge that nobody asked for is counted, and opens what the next call meets")
    func charges() {
        var states = BreakerBench(Breaker("b", .sameState(3)))
        for _ in 0..<2 { states.charge(state: "x") }
        #expect(states.events.isEmpty)
        states.charge(state: "x")
        #expect(states.lines == ["suspension.opened b r"] && states.call(state: "y") == nil)
        var errors = BreakerBench(Breaker("b", .toolErrors(2)))
        for _ in 0..<2 { errors.charge(tool: "t", failed: true) }
        var steps = BreakerBench(Breaker("b", .steps(2)))
        for _ in 0..<2 { steps.charge() }
        var storm = BreakerBench(Breaker("b", .toolCalls(count: 30, withinSeconds: 60)))
        storm.charge(tool: "t", toolCalls: 30)
        #expect([errors, steps, storm].map(\.lines) == Array(repeating: ["suspension.opened b r"], count: 3))
    }

    @Test("alert: told once, and again only after the counters were reset; every call is admitted")
    func alert() {
        var bench = BreakerBench(Breaker("b", .steps(3), .alert))
        #expect(bench.admitted(of: 10) == 10)
        #expect(bench.lines == ["breaker.tripped b r"])
        bench.lift(Self.run)
        #expect(bench.admitted(of: 10) == 10)
        #expect(bench.lines.count == 2)
    }

    @Test("match: other calls are neither counted nor refused for it")
    func match() {
        let dear = [Condition(label: "model", matcher: Matcher("big*"))]
        var bench = BreakerBench(Breaker("dear", match: dear, .steps(3)), Breaker("all", .steps(100)))
        #expect(bench.admitted(of: 50, model: "small") == 50)
        #expect(bench.admitted(of: 3, model: "big-1") == 3)
        #expect(bench.admitted(of: 5, model: "small") == 5)
        #expect(bench.admitted(of: 5, model: "big-2") == 0)
        #expect(bench.lines == ["suspension.opened dear r"])
    }

    @Test("every kind of subject is counted for itself; a key by its id")
    func subjects() {
        let kinds: [Subject.Kind] = [.run, .session, .agent, .user, .workflow, .key]
        for kind in kinds {
            var bench = BreakerBench(Breaker("b", on: kind, .steps(2)))
            let tags = kind.tag.map { [$0: "x"] } ?? [:]
            #expect(bench.admitted(of: 5, tags) == 2, "\(kind)")
            #expect(bench.events.first?.subject?.kind == kind)
        }
    }

    @Test("a policy without such breakers counts nothing")
    func none() {
        var bench = BreakerBench(Breaker("b", on: .agent, .baseline(.cost, times: 3, withinSeconds: 3_600)))
        #expect(!bench.policy.countsCalls)
        #expect(bench.admitted(of: 5, ["agent_id": "a"]) == 5 && bench.book.counters.isEmpty)
    }
}
