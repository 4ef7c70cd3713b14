import Ledger
import LedgerStore
import TestSupport

/// Gateways that call two replicas at once with everything that a policy can answer to, and a clock that stands still and
/// moves on.
struct RandomTraffic {
    static let prices = """
        { "big": { "input_cost_per_token": 0.001, "output_cost_per_token": 0.003 },
          "small": { "input_cost_per_token": 0.0001, "output_cost_per_token": 0.0002 } }
        """

    private enum Action {
        case reserve(ReserveRequest)
        case settle(Identifier, SettleRequest.Action)
        case charge(ChargeRequest)
        case adjust(AdjustRequest)
    }

    var random: SplitMix64
    let replicas: [TestLedger]
    /// Runs are numbered from 0 to this.
    var lastRun: Int64 = 30
    /// Holds whose end was not seen, and some that ended.
    private(set) var holds: [Identifier] = []
    private(set) var outcomes: [String: Int] = [:]

    init(_ random: SplitMix64, _ replicas: [TestLedger]) {
        self.random = random
        self.replicas = replicas
    }

    /// Each round is a crowd of operations at both replicas at once; then the clock may move.
    mutating func run(rounds: Int, operations: Int = 24, adjusting envelope: String? = nil) async throws {
        for _ in 0..<rounds {
            var plans: [[LedgerStore.Operation]] = replicas.map { _ in [] }
            for index in 0..<operations { plans[index % replicas.count].append(operation(replicas[index % replicas.count], adjusting: envelope)) }
            let admitted = try await withThrowingTaskGroup(of: [Outcome].self) { tasks in
                for (replica, plan) in zip(replicas, plans) {
                    for operation in plan { tasks.addTask { [try await replica.submit(operation)] } }
                }
                return try await tasks.reduce(into: []) { $0 += $1 }
            }
            for outcome in admitted {
                outcomes[outcome.name, default: 0] += 1
                if let hold = outcome.admitted { holds.append(hold.id) }
            }
            if holds.count > 60 { holds.removeFirst(holds.count - 60) }
            if random.chance(30) { try await replicas[0].advance(seconds: random.number(1...40)) }
            if random.chance(5) { try await replicas[0].advance(seconds: random.number(600...5_000)) }
            if random.chance(40) { _ = try await replicas[0].store.holds.expireDue() }
        }
    }

    private mutating func operation(_ ledger: TestLedger, adjusting envelope: String?) -> LedgerStore.Operation {
        switch random.number(0...99) {
        case 0..<55: return .reserve(call(ledger))
        case 55..<60: return .charge(charge(ledger))
        case 60..<63:
            guard let envelope else { return .reserve(call(ledger)) }
            return .adjust(adjustment(ledger, envelope))
        default:
            guard !holds.isEmpty else { return .reserve(call(ledger)) }
            let hold = random.one(of: holds)
            if random.chance(20) { return settle(ledger, hold, .release(reason: nil)) }
            if random.chance(5) { return settle(ledger, hold, .extend(ttlSeconds: 60)) }
            return settle(ledger, hold, commit())
        }
    }

    private mutating func commit() -> SettleRequest.Action {
        var report = UsageReport(usage: usage())
        if random.chance(20) { report = UsageReport(statedCost: Money(nanos: random.number(0...3_000_000_000))) }
        return .commit(report, fingerprint: report.fingerprint)
    }

    private func settle(_ ledger: TestLedger, _ hold: Identifier, _ action: SettleRequest.Action) -> LedgerStore.Operation {
        .settle(SettleRequest(key: ledger.gateway, reservation: hold, action: action))
    }

    private mutating func call(_ ledger: TestLedger) -> ReserveRequest {
        let tags = TestLedger.tags(tags())
        let kind = random.number(0...99)
        return ReserveRequest(
            key: ledger.gateway, idempotency: TestLedger.idempotency(nil, "call"), tags: tags,
            model: kind < 10 ? nil : kind < 75 ? "big" : kind < 98 ? "small" : "unheard-of", tool: kind < 10 ? "search" : nil,
            usage: kind < 10 ? nil : usage(), statedCost: kind < 10 ? Money(nanos: random.number(0...200_000_000)) : nil,
            ttlSeconds: random.number(1...90), step: nil, stateHash: nil)
    }

    private mutating func charge(_ ledger: TestLedger) -> ChargeRequest {
        ChargeRequest(
            key: ledger.gateway, idempotency: TestLedger.idempotency(nil, "charge"), tags: TestLedger.tags(tags()), model: "small", tool: nil,
            report: UsageReport(usage: usage()), step: nil)
    }

    private mutating func adjustment(_ ledger: TestLedger, _ envelope: String) -> AdjustRequest {
        AdjustRequest(
            key: ledger.gateway, idempotency: TestLedger.idempotency(nil, "adjustment"), envelope: envelope,
            balanceKey: TestLedger.tags(["team_id": team()]),
            amount: random.number(-3...8) * 1_000_000_000, reason: "test", author: "test",
            expiresAt: random.chance(50) ? ledger.now.adding(seconds: random.number(5...400)) : nil)
    }

    private mutating func team() -> String { random.one(of: ["red", "green", "blue"]) }

    private mutating func tags() -> [String: String] {
        var tags = ["team_id": team(), "agent_id": "agent-\(random.number(0...9))", "workflow_name": random.one(of: ["triage", "digest"])]
        if random.chance(96) { tags["run_id"] = "run-\(random.number(0...lastRun))" }
        return tags
    }

    private mutating func usage() -> TokenUsage { TokenUsage(input: random.number(0...1_500), output: random.number(0...500)) }
}
