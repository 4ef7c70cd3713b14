import Foundation
import Ledger

/// One agent at work: asks before each step, does it, and tells what it took.
struct DemoRun: Sendable {
    private static let recentSteps = 5

    let agent: DemoAgent
    /// Tells the runs of one demo from those of another.
    let suffix: String
    let client: DemoClient
    let approver: DemoApprover
    let screen: DemoScreen
    let pace: Duration

    private var run: String { "\(agent.name)-\(suffix)" }

    private var tags: [String: String] {
        [
            "agent_id": agent.name, "run_id": run, "environment": "demo", "intent": "demo", "team_id": "demo", "cost_center": "demo",
            "workflow_name": "demo", "user_id": "demo-user",
        ]
    }

    func play() async throws -> DemoOutcome {
        var costs: [Money] = []
        var wasApproved = false
        var end = DemoOutcome.End.finished
        var step = 1
        while step <= agent.steps {
            let move = agent.move(step)
            let answer = try await client.post(
                "/v1/reservations", DemoCall.reserve(move, step: step, tags: tags), idempotencyKey: "\(run)-\(step)")
            guard answer.status == 201 else {
                let refused = try answer.decode(DemoCall.Refused.self)
                if refused.type.hasSuffix("/approval-required"), let approval = refused.approvalId, !wasApproved {
                    screen.tell(agent, "step \(step) \(move.name): waits for a person (approval \(approval))")
                    wasApproved = try await approver.answer(approval, for: agent)
                    if wasApproved { continue }
                }
                end = try await reason(refused, answer)
                break
            }
            costs.append(try await commit(move, try answer.decode(DemoCall.Held.self)))
            screen.step(agent, number: step, move: move, spent: Self.sum(costs))
            step += 1
            try await Task.sleep(for: pace)
        }
        let outcome = DemoOutcome(
            agent: agent, run: run, steps: costs.count, spent: Self.sum(costs), recentStepCost: Self.average(costs.suffix(Self.recentSteps)),
            wasApproved: wasApproved, end: end)
        screen.end(outcome)
        return outcome
    }

    private func commit(_ move: DemoMove, _ held: DemoCall.Held) async throws -> Money {
        let answer = try await client.post("/v1/reservations/\(held.id)/commit", DemoCall.commit(move))
        guard answer.status == 200, let cost = Money(try answer.decode(DemoCall.Committed.self).charged.cost) else {
            throw DemoError("the end of a call of \(agent.name) was not booked: \(answer.problem)")
        }
        return cost
    }

    /// Which rule stopped it: the run itself says.
    private func reason(_ refused: DemoCall.Refused, _ answer: DemoClient.Answer) async throws -> DemoOutcome.End {
        guard refused.type.hasSuffix("/suspended") else {
            guard answer.status == 402 || answer.status == 403 || answer.status == 429 else {
                throw DemoError("a call of \(agent.name) cannot be made: \(answer.problem)")
            }
            return .refused(answer.problem)
        }
        let told = try await client.get("/v1/runs/\(run)")
        var suspension: DemoCall.Run.Suspension?
        if told.status == 200 { suspension = try told.decode(DemoCall.Run.self).suspensions.first { $0.id == refused.suspensionId } }
        return .suspended(rule: suspension?.rule ?? "by hand", reason: suspension?.reason ?? refused.reason ?? answer.problem)
    }

    private static func sum(_ costs: some Collection<Money>) -> Money {
        Money(nanos: Int64(clamping: costs.reduce(Int128(0)) { $0 + Int128($1.nanos) }))
    }

    private static func average(_ costs: some Collection<Money>) -> Money {
        costs.isEmpty ? Money(nanos: 0) : Money(nanos: sum(costs).nanos / Int64(costs.count))
    }
}
