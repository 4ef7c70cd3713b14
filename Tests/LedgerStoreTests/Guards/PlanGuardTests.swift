import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Plans that ask, tell and suspend, on two replicas")
struct PlanGuardTests {
    private static let asking = """
        envelopes:
          - { name: total, meter: cost, limit: "10", plan: [ { at: 50, do: alert }, { at: 100, do: require_approval } ] }
          - { name: big, meter: cost, per_call: "8", plan: [ { do: require_approval } ] }
        """
    private static let suspending = """
        envelopes:
          - { name: agent, per: [agent_id], meter: cost, limit: "10", plan: [ { at: 100, do: refuse }, { at: 150, do: suspend } ] }
        """

    /// Does something through two replicas at once, many times.
    private static func onTwo(_ first: TestLedger, times: Int, _ body: @escaping @Sendable (TestLedger) async throws -> Outcome) async throws
        -> [Outcome]
    {
        try await RunningStore.with(first.database, log: first.log) { store in
            let second = first.through(store)
            return try await withThrowingTaskGroup(of: Outcome.self) { tasks in
                for _ in 0..<times { for ledger in [first, second] { tasks.addTask { try await body(ledger) } } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
        }
    }

    private static func approvals(_ outcomes: [Outcome]) -> Set<Identifier?> { Set(outcomes.flatMap { $0.violations ?? [] }.map(\.approval)) }

    @Test("one question is pending for a run, an envelope, a key and a window, however many ask", .timeLimit(.minutes(10)))
    func oneQuestion() async throws {
        try await TestLedger.with(policy: Self.asking) { (ledger) async throws in
            let big = try await Self.onTwo(ledger, times: 20) { try await $0.reserve("9", ["run_id": "r", "agent_id": "a"]) }
            #expect(Set(big.map(\.name)) == ["approval required"])
            #expect(Self.approvals(big).count == 1)
            let other = try await Self.onTwo(ledger, times: 5) { try await $0.reserve("9", ["run_id": "s", "agent_id": "a"]) }
            #expect(Self.approvals(other).count == 1 && Self.approvals(other) != Self.approvals(big))
            let agent = try await Self.onTwo(ledger, times: 5) { try await $0.reserve("9", ["agent_id": "a"]) }
            #expect(Self.approvals(agent).count == 1)
            #expect(try ledger.count("approvals") == 3)
            #expect(try ledger.count("approval_gates") == 3)
            #expect(try ledger.number("SELECT count(*) FROM events WHERE kind = 'approval.requested'") == 3)
            #expect(try ledger.standing("total") == "held 0 spent 0")
        }
    }

    @Test("an alert is told once for a balance and step, though all cross it at once", .timeLimit(.minutes(10)))
    func oneAlert() async throws {
        try await TestLedger.with(policy: Self.asking) { (ledger) async throws in
            let outcomes = try await Self.onTwo(ledger, times: 20) { try await $0.reserve("0.5", ["run_id": "r"]) }
            #expect(outcomes.count { $0.admitted != nil } == 20)
            #expect(try ledger.number("SELECT count(*) FROM events WHERE kind = 'alert'") == 1)
            #expect(try ledger.number("SELECT count(*) FROM outbox o JOIN events v ON v.id = o.event_id WHERE v.kind = 'alert'") == 1)
            let alert = try #require(try await ledger.store.alerts.list(of: ledger.organisation.id, envelope: "total", before: nil, limit: 10).first)
            #expect(alert.percent == 50)
        }
    }

    @Test("a suspension binds the next call on every replica, and nobody else's", .timeLimit(.minutes(10)))
    func suspension() async throws {
        try await TestLedger.with(policy: Self.suspending) { (first) async throws in
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                _ = try await second.hold("1", ["agent_id": "b"])
                let held = try await first.hold("10", ["agent_id": "a"], ttlSeconds: 600)
                _ = try await first.commit(held, "15.000000001")
                let refusal = try await second.reserve("0", ["agent_id": "a"])
                #expect(refusal.name == "suspended")
                guard case .refused(.objected(let objections)) = refusal else { return }
                #expect(objections.suspensions.first?.subject == Subject(kind: .agent, id: "a"))
                #expect(try await second.reserve("1", ["agent_id": "b"]).name == "admitted")
                #expect(try first.count("suspensions") == 1)
                #expect(try await first.charge("1", ["agent_id": "a"]).settled != nil, "what was spent is booked")
                #expect(try first.count("suspensions") == 1)
            }
        }
    }

    @Test("a hold is not extended by another key when the one that opened it is suspended")
    func extendBySecondKey() async throws {
        try await TestLedger.with(policy: "envelopes: []") { (ledger) async throws in
            let stream = try await ledger.hold("1")
            let second = try await ledger.store.keys.create(
                role: .gateway, tags: Tags(), agentID: nil, name: nil, organisation: ledger.organisation
            ).key
            #expect(try await ledger.settle(stream, .extend(ttlSeconds: 200), key: second).name == "extended")
            try await ledger.suspend(Subject(kind: .key, id: ledger.gateway.id.description))
            #expect(try await ledger.settle(stream, .extend(ttlSeconds: 300), key: second).name == "suspended")
            #expect(try await ledger.commit(stream, "1", key: second).name == "committed")
        }
    }

    @Test("a hold of a suspended agent is not extended, and its commit is booked")
    func extend() async throws {
        try await TestLedger.with(policy: Self.suspending) { (ledger) async throws in
            let stream = try await ledger.hold("1", ["agent_id": "a"])
            #expect(try await ledger.settle(stream, .extend(ttlSeconds: 200)).name == "extended")
            _ = try await ledger.charge("16", ["agent_id": "a"])
            #expect(try await ledger.settle(stream, .extend(ttlSeconds: 300)).name == "suspended")
            #expect(try await ledger.commit(stream, "2").name == "committed")
        }
    }
}
