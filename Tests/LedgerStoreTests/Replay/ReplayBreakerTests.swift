import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Breakers over recorded calls")
struct ReplayBreakerTests {
    private static func policy(_ breakers: String...) -> String {
        """
        envelopes:
          - { name: agent, per: [agent_id], meter: cost, limit: "1000" }
        breakers:
        \(breakers.map { "  - \($0)" }.joined(separator: "\n"))
        """
    }

    private static let loop = "{ name: loop, on: run, when: { same_state: 4 }, do: suspend }"

    private static func calls(
        _ ledger: TestLedger, _ count: Int, run: String, state: String? = "x", tool: Bool = false, status: UsageReport.Status = .ok
    )
        async throws
    {
        for _ in 0..<count {
            var call = ledger.call("1", ["run_id": run, "agent_id": "a"], model: tool ? nil : "gpt-5")
            call.stateHash = state
            guard let hold = try await ledger.submit(.reserve(call)).admitted else { continue }
            _ = try await ledger.commit(hold.id, UsageReport(statedCost: Money("1"), status: status))
        }
    }

    @Test("the policy in force decides its own history as it was, also where the period begins amid a run")
    func ownHistory() async throws {
        try await TestLedger.with(policy: Self.policy(Self.loop)) { (ledger) async throws in
            try await Self.calls(ledger, 2, run: "r")
            try await ledger.advance(seconds: 60)
            let middle = ledger.now
            try await Self.calls(ledger, 5, run: "r")
            try await Self.calls(ledger, 7, run: "s")
            #expect(try ledger.count("suspensions") == 2)
            for start in [nil, middle] {
                let report = try await ledger.replay(since: start)
                #expect(report.differences == 0 && report.saved == 0, "\(report.listed)")
                #expect(report.barred == 6)
            }
        }
    }

    @Test("calls that were refused since they lack the tag of a breaker are refused again; under a policy without it they pass")
    func withoutTag() async throws {
        try await TestLedger.with(policy: Self.policy(Self.loop)) { (ledger) async throws in
            for _ in 0..<3 { #expect(try await ledger.reserve("1", ["agent_id": "a"]).name == "tags missing") }
            let own = try await ledger.replay()
            #expect(own.differences == 0, "\(own.listed)")
            let without = try await ledger.replay("envelopes: [ { name: agent, per: [agent_id], meter: cost, limit: \"1000\" } ]")
            #expect(without.differences == 3)
        }
    }

    @Test("charges, lifts and ends of calls from before a lift count over the record as they do live")
    func liftsAndCharges() async throws {
        try await TestLedger.with(policy: "envelopes: [ { name: agent, per: [agent_id], meter: cost, limit: \"1000\" } ]") { (ledger) async throws in
            let tags = ["run_id": "r", "agent_id": "a"]
            for _ in 0..<4 {
                var charge = ledger.charging("1", tags)
                charge.report.stateHash = "x"
                _ = try await ledger.submit(.charge(charge))
            }
            let old = try await ledger.hold("1", tags)
            #expect(try await ledger.replay(Self.policy(Self.loop)).differences == 1, "the hold after four charges in one state")
            try await ledger.suspend(Subject(kind: .run, id: "r"))
            let open = try #require(try await ledger.suspensions(.init(state: .open)).first)
            _ = try await ledger.lift(open.id, allowSteps: 2)
            _ = try await ledger.commit(old, "30")
            try await Self.calls(ledger, 3, run: "r", state: nil)
            let dear = "{ name: dear, on: run, when: { cost: { above: \"20\" } }, do: suspend }"
            #expect(try await ledger.replay(Self.policy(dear)).differences == 0, "30 of before the lift")
        }
    }

    @Test("a new breaker refuses what it would have refused")
    func newBreaker() async throws {
        try await TestLedger.with(policy: "envelopes: [ { name: agent, per: [agent_id], meter: cost, limit: \"1000\" } ]") { (ledger) async throws in
            try await Self.calls(ledger, 10, run: "r")
            try await Self.calls(ledger, 10, run: "t", state: nil, tool: true, status: .empty)
            try await Self.calls(ledger, 3, run: "s")
            let loop = try await ledger.replay(Self.policy(Self.loop))
            #expect(loop.differences == 6 && loop.saved == 6_000_000_000)
            let errors = try await ledger.replay(Self.policy("{ name: errors, on: run, when: { tool_errors: 3 }, do: suspend }"))
            #expect(errors.differences == 7)
            let cost = try await ledger.replay(Self.policy("{ name: dear, on: agent, when: { cost: { above: \"20\" } }, do: suspend }"))
            #expect(cost.differences == 2)
            let alert = try await ledger.replay(Self.policy("{ name: steps, on: agent, when: { steps: 1 }, do: alert }"))
            #expect(alert.differences == 0)
        }
    }

    @Test("without the breaker that stopped them, calls would have been admitted")
    func removed() async throws {
        try await TestLedger.with(policy: Self.policy(Self.loop)) { (ledger) async throws in
            try await Self.calls(ledger, 6, run: "r")
            let report = try await ledger.replay("envelopes: [ { name: agent, per: [agent_id], meter: cost, limit: \"1000\" } ]")
            #expect(report.differences == 2 && report.barred == 0)
        }
    }
}
