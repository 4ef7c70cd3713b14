import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Breakers in the write lane")
struct BreakerLaneTests {
    private static let policy = """
        envelopes:
          - { name: run-cost, per: [run_id], meter: cost, limit: "1000", window: { every: run } }
        breakers:
          - { name: no-progress, on: run, when: { same_state: 10 }, do: suspend, owner: lead, playbook: "https://wiki.example.com/loop" }
          - { name: error-loop, on: run, when: { tool_errors: 3 }, do: suspend }
          - { name: dear-run, on: run, when: { cost: { above: "50" } }, do: suspend }
          - { name: tool-storm, on: agent, when: { tool_calls: { count: 20, within: 5m } }, do: suspend }
        """

    private static let tags = ["run_id": "r", "agent_id": "a"]

    private static func request(_ ledger: TestLedger, _ tags: [String: String], state: String?, tool: Bool = false) -> LedgerStore.Operation {
        var call = ledger.call("1", tags, model: tool ? nil : "gpt-5")
        call.stateHash = state
        return .reserve(call)
    }

    /// The holds that were admitted of calls made by two replicas at once, each by many tasks.
    private static func admitted(
        _ first: TestLedger, _ second: TestLedger, tasks: Int, calls: Int, _ request: @escaping @Sendable (TestLedger, Int) -> LedgerStore.Operation
    ) async throws -> [Identifier] {
        try await withThrowingTaskGroup(of: [Identifier].self) { group in
            for task in 0..<tasks {
                let ledger = task.isMultiple(of: 2) ? first : second
                group.addTask {
                    var held: [Identifier] = []
                    for _ in 0..<calls {
                        if let hold = try await ledger.submit(request(ledger, task)).admitted { held.append(hold.id) }
                    }
                    return held
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    @Test("two replicas at once on one run admit exactly as many steps as the rule says, and what was held is still booked", .timeLimit(.minutes(10)))
    func exactly() async throws {
        try await TestLedger.with(policy: Self.policy) { (first) async throws in
            try await RunningStore.with(first.database, log: first.log) { store in
                let held = try await Self.admitted(first, first.through(store), tasks: 16, calls: 8) { ledger, _ in
                    Self.request(ledger, Self.tags, state: "c0ffee")
                }
                #expect(held.count == 10)
                #expect(try first.count("suspensions") == 1)
                #expect(
                    try first.number(
                        """
                        SELECT count(*) FROM events v JOIN outbox o ON o.org_id = v.org_id AND o.event_id = v.id
                        WHERE v.kind = 'suspension.opened' AND v.data ->> 'rule' = 'no-progress' AND v.data -> 'tags' ->> 'run_id' = 'r'
                          AND v.data -> 'subject' ->> 'id' = 'r' AND v.data ->> 'owner' = 'lead'
                          AND v.data ->> 'reason' = 'run ''r'' made 10 steps in one state, as many as ''no-progress'' allows'
                        """) == 1)
                #expect(try first.number("SELECT count(*) FROM suspensions WHERE rule = 'no-progress' AND opened_by = 'policy'") == 1)
                for hold in held { #expect(try await first.commit(hold, "2").name == "committed") }
                #expect(try first.standing("run-cost") == "held 0 spent 20")
            }
        }
    }

    @Test("a run of each task is stopped by itself", .timeLimit(.minutes(10)))
    func manyRuns() async throws {
        try await TestLedger.with(policy: Self.policy) { (first) async throws in
            try await RunningStore.with(first.database, log: first.log) { store in
                let held = try await Self.admitted(first, first.through(store), tasks: 12, calls: 14) { ledger, task in
                    Self.request(ledger, ["run_id": "r\(task)", "agent_id": "a"], state: "c0ffee")
                }
                #expect(held.count == 120)
                #expect(try first.count("suspensions") == 12)
            }
        }
    }

    @Test("the answer names rule and reason, and the next batch of the other replica refuses too")
    func answer() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for _ in 0..<10 { _ = try await ledger.submit(Self.request(ledger, Self.tags, state: "x")) }
            let refused = try await ledger.submit(Self.request(ledger, Self.tags, state: "x"))
            guard case .refused(.objected(let objections)) = refused else { throw TestFailure("\(refused)") }
            #expect(objections.suspensions.map(\.rule) == ["no-progress"])
            #expect(objections.suspensions.first?.subject == Subject(kind: .run, id: "r"))
            #expect(try await ledger.submit(Self.request(ledger, Self.tags, state: "y")).name == "suspended")
            #expect(try await ledger.submit(Self.request(ledger, ["run_id": "s", "agent_id": "a"], state: "x")).name == "admitted")
        }
    }

    @Test("failed answers of tools stop the retry, and commits find the counters of their holds")
    func errorLoop() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for status in [.error, .ok, .empty, .error, .empty] as [UsageReport.Status] {
                let hold = try #require(try await ledger.submit(Self.request(ledger, Self.tags, state: nil, tool: true)).admitted)
                #expect(try await ledger.commit(hold.id, UsageReport(status: status)).name == "committed")
                #expect(try await ledger.commit(hold.id, UsageReport(status: status)).name == "replayed", "counts once")
            }
            #expect(try ledger.count("suspensions") == 0)
            #expect(try await ledger.reserve("1", Self.tags).name == "suspended")
            #expect(try ledger.number("SELECT count(*) FROM suspensions WHERE rule = 'error-loop'") == 1)
        }
    }

    @Test("the commit, the late charge or the direct charge that passes the cost opens the suspension in its own transaction")
    func cost() async throws {
        for way in ["commit", "late", "direct"] {
            try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
                let hold = try await ledger.hold("1", Self.tags)
                if way == "late" { _ = try await ledger.settle(hold, .release(reason: nil)) }
                let spent = way == "direct" ? try await ledger.charge("50.5", Self.tags) : try await ledger.commit(hold, "50.5")
                #expect(spent.settled != nil)
                #expect(try ledger.number("SELECT count(*) FROM suspensions WHERE rule = 'dear-run'") == 1, "\(way)")
                #expect(try await ledger.reserve("1", Self.tags).name == "suspended")
                #expect(try await ledger.charge("1", Self.tags).settled != nil, "what was spent is booked")
                #expect(try ledger.count("suspensions") == 1)
            }
        }
    }

    @Test("whoever leaves out the tag of a breaker is not let through; what is spent is booked")
    func withoutTag() async throws {
        try await TestLedger.with(policy: "breakers: [ { name: b, on: session, when: { steps: 1 }, do: suspend } ]") { (ledger) async throws in
            guard case .refused(.tags(let faults)) = try await ledger.reserve("1", Self.tags) else { throw TestFailure("it was let through") }
            #expect(faults == [.missing(anyOf: ["session_id"])])
            #expect(try ledger.number("SELECT count(*) FROM refusals WHERE problem = 'tags-missing'") == 1)
            #expect(try await ledger.charge("1", Self.tags).settled != nil)
            #expect(try await ledger.reserve("1", ["session_id": "s"]).name == "admitted")
        }
    }

    @Test("ends of calls that were begun before a lift are booked, and trip nothing after it, though the clock stands still")
    func endsAfterLift() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            let old = try await ledger.hold("1", Self.tags)
            let run = Subject(kind: .run, id: "r")
            try await ledger.suspend(run)
            let open = try #require(try await ledger.suspensions(.init(state: .open)).first)
            _ = try await ledger.lift(open.id)
            #expect(try await ledger.commit(old, "60").name == "committed")
            let new = try await ledger.hold("1", Self.tags)
            #expect(try ledger.count("open_suspensions") == 0)
            #expect(try await ledger.commit(new, "51").name == "committed")
            #expect(try ledger.number("SELECT count(*) FROM suspensions WHERE rule = 'dear-run'") == 1)
        }
    }

    @Test("a commit that says how many calls of its tool it was counts so many")
    func toolCallsOfCommits() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            let hold = try #require(try await ledger.submit(Self.request(ledger, Self.tags, state: nil, tool: true)).admitted)
            #expect(try await ledger.commit(hold.id, UsageReport(toolCalls: 20)).name == "committed")
            #expect(try await ledger.submit(Self.request(ledger, ["run_id": "s", "agent_id": "a"], state: nil, tool: true)).name == "suspended")
            #expect(try ledger.number("SELECT count(*) FROM suspensions WHERE rule = 'tool-storm'") == 1)
        }
    }

    @Test("direct charges trip what they have earned, and are booked all the same")
    func directCharges() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for number in 0..<5 {
                var call = ledger.charging("1", Self.tags, tool: "kb.search")
                call.report.status = .empty
                #expect(try await ledger.submit(.charge(call)).settled != nil)
                #expect(try ledger.count("suspensions") == (number < 2 ? 0 : 1))
            }
            #expect(try await ledger.reserve("1", Self.tags).name == "suspended")
            for _ in 0..<10 {
                var call = ledger.charging("1", ["run_id": "s", "agent_id": "a"])
                call.report.stateHash = "x"
                #expect(try await ledger.submit(.charge(call)).settled != nil)
            }
            #expect(try ledger.number("SELECT count(*) FROM suspensions WHERE rule = 'no-progress' AND subject_id = 's'") == 1)
        }
    }

    @Test("a storm of one tool is counted within its time")
    func storm() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for step in 0..<20 {
                #expect(
                    try await ledger.submit(Self.request(ledger, ["run_id": "r\(step)", "agent_id": "a"], state: nil, tool: true)).admitted != nil)
            }
            try await ledger.advance(seconds: 331)
            for step in 0..<25 {
                let outcome = try await ledger.submit(Self.request(ledger, ["run_id": "s\(step)", "agent_id": "a"], state: nil, tool: true))
                #expect(outcome.name == (step < 20 ? "admitted" : "suspended"))
            }
        }
    }

    @Test("a request that is sent again counts nothing, and a refused one neither")
    func replays() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            var call = ledger.call("1", Self.tags, idempotency: "one")
            call.stateHash = "x"
            for _ in 0..<20 { _ = try await ledger.submit(.reserve(call)) }
            var dear = ledger.call("5000", Self.tags)
            dear.stateHash = "x"
            #expect(try await ledger.submit(.reserve(dear)).name == "exhausted")
            #expect(try ledger.number("SELECT steps FROM breaker_counters WHERE subject_type = 'run'") == 1)
        }
    }

    @Test("a policy without breakers touches no counters, whatever holds remember")
    func withoutBreakers() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            let hold = try await ledger.hold("1", Self.tags)
            try await ledger.apply("envelopes: []")
            #expect(try await ledger.commit(hold, "80").name == "committed")
            #expect(try await ledger.reserve("1", ["run_id": "new"]).name == "admitted")
            #expect(try ledger.number("SELECT count(*) FROM breaker_counters WHERE spent > 0 OR subject_id = 'new'") == 0)
        }
    }
}
