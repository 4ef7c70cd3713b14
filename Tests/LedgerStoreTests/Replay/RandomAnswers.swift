import Ledger
import LedgerStore
import TestSupport

/// People who answer what is asked, or do not.
struct RandomAnswers {
    private var random: SplitMix64
    private let ledger: TestLedger
    private let key: APIKey
    private(set) var counts: [String: Int] = [:]

    init(_ seed: UInt64, _ ledger: TestLedger) async throws {
        random = SplitMix64(seed: seed)
        self.ledger = ledger
        key = try await ledger.store.keys.create(
            role: .approver, tags: Tags(), agentID: nil, name: "ann", organisation: ledger.organisation
        ).key
    }

    /// Looks at what is pending once, and ends what has expired now and then.
    mutating func answer() async throws {
        let pending = try await ledger.store.approvals.list(
            of: ledger.organisation.id, filter: .init(state: .pending), bound: Tags(), before: nil, limit: 100)
        for approval in pending where random.chance(60) {
            let outcome = try await decide(approval.question, verdict(approval.question))
            counts[outcome.name, default: 0] += 1
        }
        if random.chance(40) { _ = try await ledger.store.approvalDesk.expireDue() }
        if random.chance(30) { _ = try await ledger.store.adjustments.expireDue() }
    }

    func decide(_ question: ApprovalQuestion, _ verdict: ApprovalDecision.Verdict) async throws -> Outcome {
        let approver = ApprovalDecision.Approver(key: key.id, userIDs: [], limit: nil)
        let decision = ApprovalDecision(verdict, approver: approver, reason: "a test", author: "ann")
        return try await ledger.store.approvalDesk.decide(
            DecideRequest(key: key, question: question, decision: decision), state: try await ledger.state())
    }

    private mutating func verdict(_ question: ApprovalQuestion) -> ApprovalDecision.Verdict {
        if random.chance(25) { return .reject }
        let seconds = random.chance(60) ? random.number(1...60) : random.number(300...9_000)
        let amount = random.one(of: [question.requested, question.requested * 4, max(1, question.requested / 2)])
        return .approve(amount: amount, until: ledger.now.adding(seconds: seconds))
    }
}
