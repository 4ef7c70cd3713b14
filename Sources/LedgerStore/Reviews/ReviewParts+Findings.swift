internal import Ledger
internal import Postgres

/// Holds for nothing, anomalies with what was changed after them, and what people decided.
extension ReviewParts {
    private static let holdPage: Int64 = 2_000
    /// Beyond it the list is partial.
    private static let holdLimit = 200_000
    /// A hold lives for a day; one that ended while nothing ran was opened long before.
    private static let holdSeconds: Int64 = 35 * 86_400

    func addIdle(to review: inout WeeklyReview, _ range: Range<Int64>, _ state: OrganisationState) async throws {
        var idle: [String?: (holds: Int64, held: Int64)] = [:]
        var (after, last) = (Timestamp(seconds: range.lowerBound).adding(seconds: -1), Identifier.last)
        var looked = 0
        while true {
            try Task.checkCancellation()
            guard looked < Self.holdLimit else {
                review.partial.insert(.idleHolds)
                break
            }
            let (from, cursor) = (after, last)
            let page = try await pool.withSession { session in
                var parameters = Parameters()
                parameters.uuid(state.organisation.id)
                parameters.timestamp(microsecondsSince1970: from.microseconds)
                parameters.uuid(cursor)
                parameters.timestamp(microsecondsSince1970: range.upperBound * 1_000_000)
                parameters.timestamp(microsecondsSince1970: (range.lowerBound - Self.holdSeconds) * 1_000_000)
                parameters.int8(Self.holdPage)
                let rows = try session.execute(ReviewStatements.expired, parameters)
                return try (0..<rows.count).map { row in
                    (
                        at: Timestamp(microseconds: try rows.timestamp(row, 0)), id: try rows.uuid(row, 1) as Identifier,
                        agent: try rows.textIfPresent(row, 2), held: try rows.int8(row, 3), isLate: try rows.bool(row, 4)
                    )
                }
            }
            // What a charge followed was used after all.
            for hold in page where !hold.isLate && hold.at.seconds >= range.lowerBound && hold.held > 0 {
                UsageSums.add(&idle[hold.agent, default: (0, 0)].holds, 1)
                UsageSums.add(&idle[hold.agent, default: (0, 0)].held, hold.held)
            }
            guard let end = page.last, page.count == Int(Self.holdPage) else { break }
            looked += page.count
            (after, last) = (end.at, end.id)
        }
        review.take(idle: idle.map { WeeklyReview.Idle(agentID: $0.key, holds: $0.value.holds, held: $0.value.held) })
    }

    // MARK: - Anomalies

    private static let anomalyPage = 200
    /// Beyond it older ones are not looked for.
    private static let anomalyLimit = 2_000

    func addAnomalies(
        to review: inout WeeklyReview, _ range: Range<Int64>, _ state: OrganisationState, _ workflows: WorkflowDays?
    ) async throws {
        let week = (start: Timestamp(seconds: range.lowerBound), end: Timestamp(seconds: range.upperBound))
        // Those of the week first; what is open since before it is in the second list.
        var found = try await anomalies(AnomalyStore.Filter(), state) { $0.foundAt < week.start }.filter { $0.foundAt < week.end }
        let known = Set(found.map(\.id))
        found += try await anomalies(AnomalyStore.Filter(state: .open), state) { _ in false }
            .filter { $0.foundAt < week.start && !known.contains($0.id) }
        let shown = found.sorted { $1.id < $0.id }.prefix(WeeklyReview.rowLimit)
        var lines: [WeeklyReview.Anomaly] = []
        for anomaly in shown { lines.append(try await line(anomaly, state, workflows)) }
        review.take(anomalies: lines, count: found.count)
    }

    private func anomalies(
        _ filter: AnomalyStore.Filter, _ state: OrganisationState, until isEnough: (StoredAnomaly) -> Bool
    ) async throws -> [StoredAnomaly] {
        var found: [StoredAnomaly] = []
        while found.count < Self.anomalyLimit {
            let page = try await anomalies.list(of: state.organisation.id, filter: filter, before: found.last?.id, limit: Self.anomalyPage)
            if let end = page.firstIndex(where: isEnough) { return found + page[..<end] }
            found += page
            if page.count < Self.anomalyPage { break }
        }
        return found
    }

    private func line(_ anomaly: StoredAnomaly, _ state: OrganisationState, _ workflows: WorkflowDays?) async throws -> WeeklyReview.Anomaly {
        let closure = anomaly.closure.map {
            WeeklyReview.Closure(outcome: $0.outcome.rawValue, reason: $0.reason, at: $0.at, author: $0.author)
        }
        var changes = (workflows?.policyChanges ?? []).map { WeeklyReview.Reaction(.policy, at: $0.at, what: $0.what) }
        if let name = anomaly.workflow, let days = workflows?.days[name] {
            let taken = WorkflowChange.list(days, policy: [], workflow: nil).filter { $0.kind == .model }
            changes += taken.map { WeeklyReview.Reaction(.model, at: $0.at, what: $0.what) }
        }
        changes += try await suspensions(of: anomaly, state)
        if let closure {
            changes.append(WeeklyReview.Reaction(.closed, at: closure.at, what: "\(closure.outcome): \(closure.reason) (\(closure.author))"))
        }
        // A suspension that the anomaly itself opened comes a moment before it.
        let moment = anomaly.suspension == nil ? anomaly.foundAt : anomaly.foundAt.adding(seconds: -60)
        return WeeklyReview.Anomaly(
            id: anomaly.id, kind: anomaly.kind, agentID: anomaly.agentID, workflow: anomaly.workflow, owner: anomaly.owner,
            message: anomaly.message, atStake: anomaly.atStake.nanos, foundAt: anomaly.foundAt, closure: closure,
            changes: WeeklyReview.Reaction.after(moment, changes))
    }

    private func suspensions(of anomaly: StoredAnomaly, _ state: OrganisationState) async throws -> [WeeklyReview.Reaction] {
        guard let subject = anomaly.subject else { return [] }
        let found = try await suspensions.list(
            of: state.organisation.id, filter: SuspensionStore.Filter(kind: subject.kind, subjectID: subject.id), scope: .everything, before: nil,
            limit: WeeklyReview.Reaction.limit)
        return found.flatMap { stored in
            let opened = WeeklyReview.Reaction(
                .suspension, at: stored.suspension.openedAt, what: "\(subject.id) was suspended: \(stored.suspension.reason)")
            let lifted = stored.lift.map { WeeklyReview.Reaction(.lift, at: $0.at, what: "\(subject.id) was let go: \($0.reason) (\($0.author))") }
            return [opened] + (lifted.map { [$0] } ?? [])
        }
    }

    // MARK: - Approvals

    /// A question ends after a day at most, unless nothing ran.
    private static let questionSeconds: Int64 = 35 * 86_400

    func approvals(_ range: Range<Int64>, _ state: OrganisationState) async throws -> WeeklyReview.Approvals {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(state.organisation.id)
            let pending = try session.execute(ReviewStatements.pending, parameters).int8(0, 0)
            parameters.timestamp(microsecondsSince1970: range.lowerBound * 1_000_000)
            parameters.timestamp(microsecondsSince1970: range.upperBound * 1_000_000)
            let first = Timestamp(seconds: range.lowerBound - Self.questionSeconds)
            parameters.uuid(Identifier.version7(at: first, sequence: 0, random: 0))
            let rows = try session.execute(ReviewStatements.decided, parameters)
            let lines = try (0..<rows.count).map { row in
                guard let meter = Meter(rawValue: try rows.text(row, 1)) else { throw StoreError(.corrupt, "an approval has an unknown meter") }
                return WeeklyReview.Approvals.Row(
                    envelope: try rows.text(row, 0), meter: meter, approved: try rows.int8(row, 2), rejected: try rows.int8(row, 3),
                    expired: try rows.int8(row, 4), granted: try rows.int8(row, 5))
            }
            return WeeklyReview.Approvals(rows: lines, pending: pending)
        }
    }
}
