internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// `/v1/approvals`: what people are asked, and their answers.
struct ApprovalRoutes: Sendable {
    /// The longest that one request waits for an answer.
    static let maximumWaitSeconds = 60

    let store: Store
    let authenticator: Authenticator

    func add(to table: inout RouteTable) {
        table.add(.get, "/v1/approvals", list)
        table.add(.get, "/v1/approvals/{id}", find)
        table.add(.post, "/v1/approvals/{id}/approve") { try await decide(true, $0, $1) }
        table.add(.post, "/v1/approvals/{id}/reject") { try await decide(false, $0, $1) }
    }

    @Sendable private func list(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["limit", "after", "state", "envelope", "run_id"])
        let limit = try query.limit()
        var filter = ApprovalReader.Filter(envelope: query["envelope"], runID: query["run_id"])
        if let text = query["state"] {
            guard let state = StoredApproval.State(rawValue: text) else {
                throw Problem.invalid("?state", "send one of \(StoredApproval.State.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            filter.state = state
        }
        let found = try await store.approvals.list(
            of: caller.organisation.id, filter: filter, bound: visible(caller), before: try query.after(), limit: limit + 1)
        let page = Array(found.prefix(limit))
        return Answer.list(page, next: found.count > limit ? page.last?.id.description : nil) { $0.approval($1) }
    }

    /// With `wait` the answer comes when the question has ended, or after so many seconds.
    @Sendable private func find(_ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await reader(request)
        let query = try Query(request, known: ["wait"])
        let seconds = try wait(query["wait"])
        let id = try context.id("id", of: "approval")
        var approval = try await approval(id, caller)
        if approval.state == .pending, seconds > 0 {
            try await store.approvalWatch.wait(for: id, of: caller.organisation.id, upTo: seconds)
            approval = try await self.approval(id, caller)
        }
        return Answer.json { [approval] in $0.approval(approval) }
    }

    // MARK: - Answers

    private func decide(_ isApproved: Bool, _ request: Request, _ context: PurserContext) async throws -> Response {
        let caller = try await authenticator.caller(request)
        try caller.require(.approver)
        _ = try Query(request)
        let id = try context.id("id", of: "approval")
        let approval = try await approval(id, caller)
        let meter = approval.question.meter
        let body = try await RequestBody.decode(request) { reader throws(JSONError) in
            try DecisionBody(&reader, meter: meter, isApproval: isApproved)
        }
        let decision = try body.decision(on: approval, caller: caller, at: store.clock.now())
        let outcome = try await store.approvalDesk.decide(
            DecideRequest(key: caller.key, question: approval.question, decision: decision), state: caller.state)
        switch outcome {
        case .decided:
            let decided = try await self.approval(id, caller)
            return Answer.json { $0.approval(decided) }
        case .refused(let refusal): throw Problem(refusal, now: store.clock.now())
        default: throw Problem.internalError
        }
    }

    // MARK: - Parts

    /// The tags of calls whose questions a key sees. For an approver `user_id` says whose key it is, not whose calls it is
    /// for: he answers others.
    private func visible(_ caller: Caller) -> Tags {
        let bound = caller.key.boundTags
        guard caller.key.role == .approver else { return bound }
        return Tags(bound.entries.filter { $0.name != "user_id" })
    }

    private func wait(_ text: String?) throws -> Int64 {
        guard let text else { return 0 }
        guard let seconds = Int64(text), (0...Int64(Self.maximumWaitSeconds)).contains(seconds) else {
            throw Problem.invalid("?wait", "send a whole number of seconds from 0 to \(Self.maximumWaitSeconds)")
        }
        return seconds
    }

    private func approval(_ id: Identifier, _ caller: Caller) async throws -> StoredApproval {
        guard let approval = try await store.approvals.find(id, bound: visible(caller), of: caller.organisation.id) else {
            throw Problem.notFound("There is no such approval.")
        }
        return approval
    }

    private func reader(_ request: Request) async throws -> Caller {
        let caller = try await authenticator.caller(request)
        try caller.require(.gateway, .finance, .approver, .operator)
        return caller
    }
}
