internal import Ledger
internal import Logging
internal import Postgres

/// Takes answers to questions, and ends those that nobody answers.
public struct ApprovalDesk: Sendable {
    /// How many questions one pass takes.
    static let passLimit = 500

    private static let dueStatement = Statement(
        "gate_due",
        """
        SELECT g.org_id, g.scope, g.approval_id, g.state FROM approval_gates g
        WHERE g.expires_at <= $1::timestamptz ORDER BY g.expires_at LIMIT $2::bigint
        """
    )
    private static let remindStatement = Statement(
        "gate_reminder_due",
        """
        SELECT g.org_id, g.scope, g.approval_id FROM approval_gates g
        WHERE g.remind_at <= $1::timestamptz ORDER BY g.remind_at LIMIT $2::bigint
        """
    )
    private static let deleteStatement = Statement(
        "gate_delete", "DELETE FROM approval_gates WHERE org_id = $1 AND scope = $2 AND approval_id = $3 AND state = 'rejected'")
    private static let remindedStatement = Statement(
        "gate_reminded",
        "UPDATE approval_gates SET remind_at = NULL WHERE org_id = $1 AND scope = $2 AND approval_id = $3 AND remind_at IS NOT NULL")

    /// One gate of the work list.
    private struct DueGate {
        let organisation: Identifier
        let scope: Identifier
        let approval: Identifier
        let isPending: Bool
    }

    let pool: Pool
    let lanes: WriteLanes
    let reader: ApprovalReader
    let watch: ApprovalWatch
    let directory: OrganisationDirectory
    let clock: StoreClock
    let signal: FeedSignal
    let logger: Logger

    /// Ends a question and wakes those who wait for it.
    public func decide(_ request: DecideRequest, state: OrganisationState) async throws -> Outcome {
        let outcome = try await lanes.submit(.decide(request), state: state)
        if case .decided = outcome { watch.wake([request.question.id]) }
        return outcome
    }

    /// Ends the questions whose time is over, and opens the gates of windows that have ended, up to one pass of each.
    ///
    /// - Returns: true if there may be more.
    public func expireDue() async throws -> Bool {
        let due = try await due(Self.dueStatement, hasState: true)
        return try await forEach(due) { gate in
            if gate.isPending { return try await expire(gate) }
            return try await open(gate)
        }
    }

    /// Reminds of questions that half of the time has passed for, each once.
    ///
    /// - Returns: true if there may be more.
    public func remindDue() async throws -> Bool {
        let due = try await due(Self.remindStatement, hasState: false)
        return try await forEach(due) { gate in
            guard let approval = try await reader.find(gate.approval, bound: Tags(), of: gate.organisation),
                let state = try await state(of: gate.organisation)
            else { return false }
            try await remind(gate, approval, state)
            return true
        }
    }

    /// One gate that cannot be dealt with does not stop the others; the first such error is thrown at the end.
    ///
    /// - Parameter body: false where nothing was done.
    /// - Returns: true if there may be more; never where nothing was done, so that nobody looks again and again.
    private func forEach(_ due: [DueGate], _ body: (DueGate) async throws -> Bool) async throws -> Bool {
        var done = 0
        var failure: (any Error)?
        for gate in due {
            do {
                if try await body(gate) { done += 1 }
            } catch {
                logger.error("a question could not be dealt with", metadata: ["approval": "\(gate.approval)", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return due.count >= Self.passLimit && done > 0
    }

    // MARK: - One gate

    private func expire(_ gate: DueGate) async throws -> Bool {
        guard let approval = try await reader.find(gate.approval, bound: Tags(), of: gate.organisation),
            let state = try await state(of: gate.organisation)
        else { return false }
        let decision = ApprovalDecision(.expire, approver: nil, reason: "nobody answered in time", author: "purser")
        _ = try await decide(DecideRequest(key: nil, question: approval.question, decision: decision), state: state)
        return true
    }

    private func open(_ gate: DueGate) async throws -> Bool {
        try await pool.withSession { try $0.execute(Self.deleteStatement, Self.parameters(gate)).affected == 1 }
    }

    private func remind(_ gate: DueGate, _ approval: StoredApproval, _ state: OrganisationState) async throws {
        let now = clock.now()
        let envelope = state.policy.envelope(named: approval.question.envelope)
        var event = Event(
            .approvalReminded, envelope: approval.question.envelope, owner: envelope?.owner, playbook: envelope?.playbook,
            identity: approval.question.gated, reason: "nobody has answered since \(approval.requestedAt): \(approval.reason)")
        event.related = gate.approval
        event.tags = approval.question.tags
        event.question = (approval.question.requested, approval.question.expiresAt)
        event.hasStanding = false
        let told = event
        try await pool.withTransaction { session in
            guard try session.execute(Self.remindedStatement, Self.parameters(gate)).affected == 1 else { return }
            var events = EventColumns()
            events.append(told, id: .fresh(at: now))
            try events.write(organisation: gate.organisation, at: now, in: session)
        }
        signal.raise()
    }

    // MARK: - The work list

    private func due(_ statement: Statement, hasState: Bool) async throws -> [DueGate] {
        let now = clock.now()
        return try await pool.withSession { session in
            var parameters = Parameters()
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.int8(Int64(Self.passLimit))
            let rows = try session.execute(statement, parameters)
            return try (0..<rows.count).map { row in
                DueGate(
                    organisation: try rows.uuid(row, 0), scope: try rows.uuid(row, 1), approval: try rows.uuid(row, 2),
                    isPending: hasState ? try rows.text(row, 3) == "pending" : true)
            }
        }
    }

    /// Nil, and logged, where an organisation cannot be read: it must not keep the others waiting.
    private func state(of organisation: Identifier) async throws -> OrganisationState? {
        do {
            return try await pool.withSession { try directory.refresh(organisation, in: $0) }
        } catch let error as StoreError where error.code == .corrupt {
            logger.error("approvals of an organisation cannot end", metadata: ["org_id": "\(organisation)", "error": "\(error)"])
            return nil
        }
    }

    private static func parameters(_ gate: DueGate) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(gate.organisation)
        parameters.uuid(gate.scope)
        parameters.uuid(gate.approval)
        return parameters
    }
}
