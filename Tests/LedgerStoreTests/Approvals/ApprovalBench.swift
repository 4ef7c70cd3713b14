import Ledger
import LedgerStore
import Postgres
import TestSupport

/// What the tests of approvals do again and again.
extension TestLedger {
    static let gated = """
        envelopes:
          - { name: orders, owner: lead@example.com, meter: cost, limit: "10", window: { every: month }, plan: [ { at: 100, do: require_approval } ] }
        """

    /// An approver's key.
    func approver(_ name: String = "ada", upTo limit: String? = nil, user: String? = nil) async throws -> APIKey {
        try await store.keys.create(
            role: .approver, tags: user.map { Self.tags(["user_id": $0]) } ?? Tags(), agentID: nil, name: name,
            approveUpTo: limit.flatMap { Money($0) }, organisation: organisation
        ).key
    }

    /// The approval that a call is told to wait for.
    func asked(_ cost: String, _ tags: [String: String]) async throws -> StoredApproval {
        let outcome = try await reserve(cost, tags)
        guard outcome.name == "approval required", let id = outcome.violations?.lazy.compactMap(\.approval).first else {
            throw TestFailure("not asked: \(outcome.name)")
        }
        return try await approval(id)
    }

    func approval(_ id: Identifier) async throws -> StoredApproval {
        guard let found = try await store.approvals.find(id, bound: Tags(), of: organisation.id) else { throw TestFailure("no approval \(id)") }
        return found
    }

    func approve(_ approval: StoredApproval, _ amount: String, by key: APIKey, seconds: Int64 = 3_600) async throws -> Outcome {
        guard let money = Money(amount) else { throw TestFailure("not an amount: \(amount)") }
        return try await decide(.approve(amount: money.nanos, until: now.adding(seconds: seconds)), approval, by: key)
    }

    func reject(_ approval: StoredApproval, by key: APIKey) async throws -> Outcome { try await decide(.reject, approval, by: key) }

    func decide(_ verdict: ApprovalDecision.Verdict, _ approval: StoredApproval, by key: APIKey) async throws -> Outcome {
        try await store.approvalDesk.decide(request(verdict, approval, by: key), state: try await state())
    }

    func request(_ verdict: ApprovalDecision.Verdict, _ approval: StoredApproval, by key: APIKey) -> DecideRequest {
        let approver = ApprovalDecision.Approver(key: key.id, userIDs: key.userIDs, limit: key.approveUpTo)
        return DecideRequest(
            key: key, question: approval.question,
            decision: ApprovalDecision(verdict, approver: approver, reason: "for the launch", author: key.name ?? ""))
    }

    /// The grants of a scope: limit, held and spent in major units.
    func grant(_ approval: StoredApproval) throws -> String {
        try database.query("SELECT limit_amount, held, spent FROM balances WHERE id = '\(approval.question.scope)'") { rows in
            guard rows.count == 1 else { return "none" }
            let parts = try (0..<3).map { Money(nanos: try rows.int8(0, $0)).description }
            return "\(parts[0]) held \(parts[1]) spent \(parts[2])"
        }
    }

    func events(_ kind: String) throws -> Int64 { try number("SELECT count(*) FROM events WHERE kind = '\(kind)'") }
}
