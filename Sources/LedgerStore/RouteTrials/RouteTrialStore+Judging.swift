public import Ledger
internal import Logging
internal import Postgres

extension RouteTrialStore {
    /// Judges every cycle that is over, of every organisation. The first failure is thrown at the end.
    ///
    /// - Returns: how many cycles were judged.
    @discardableResult
    public func judgeDue(at now: Timestamp) async throws -> Int {
        var judged = 0
        var failure: (any Error)?
        for organisation in try await organisations.all() where organisation.state == .active {
            try Task.checkCancellation()
            do {
                judged += try await judge(organisation, at: now)
            } catch {
                if Task.isCancelled { throw error }
                logger.error("route trials of an organisation could not be judged", metadata: ["org": "\(organisation.name)", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return judged
    }

    private func judge(_ organisation: Organisation, at now: Timestamp) async throws -> Int {
        let directory = directory
        let due = try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation.id)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            let rows = try session.execute(RouteTrialStatements.due, parameters)
            return try (0..<rows.count).map { try rows.uuid($0, 0) as Identifier }
        }
        guard !due.isEmpty, let state = try await pool.withSession({ try directory.look(at: organisation.id, in: $0) }) else { return 0 }
        var judged = 0
        for id in due {
            // One cycle after the other: what came of the first decides whether there is a second.
            while let trial = try await find(id, of: organisation.id), trial.state == .trying, let next = trial.nextAt, next <= now {
                try Task.checkCancellation()
                guard try await judge(trial, cycle: trial.cycle(endingAt: next), state, at: now) else { break }
                judged += 1
            }
        }
        return judged
    }

    /// - Parameter number: of the cycle. Its verdicts do not tell it: they are read after `nextAt`, and another replica may have judged between.
    /// - Returns: false where another replica was first, or somebody ended the trial.
    private func judge(_ trial: StoredRouteTrial, cycle number: Int64, _ state: OrganisationState, at now: Timestamp) async throws -> Bool {
        let organisation = state.organisation.id
        let start = trial.cycle(number)
        let cycle = try await outcomes.sums(of: trial.workflow, from: start.lowerBound, to: start.upperBound, organisation: organisation)
        let baseline = try await outcomes.sums(
            of: trial.workflow, from: trial.cycle(-1).lowerBound, to: trial.startedAt, organisation: organisation)
        let judgement = OutcomeGuard.judge(
            cycle, number: number, baseline: baseline, flatBefore: trial.verdicts.count { $0.finding == .flat })
        let verdict = StoredRouteTrial.Verdict(
            cycle: number, finding: judgement.finding, state: judgement.state, reason: judgement.reason, author: "purser",
            measured: RouteTrialJSON.measured(cycle, start, baseline: baseline, state.policy.workflows.first { $0.name == trial.workflow }),
            at: now)
        do {
            try await pool.withTransaction { try Self.write(verdict, of: trial, state.policy, organisation, at: now, in: $0) }
        } catch Refusal.late {
            return false
        }
        signal.raise()
        return true
    }

    private static func write(
        _ verdict: StoredRouteTrial.Verdict, of trial: StoredRouteTrial, _ policy: Policy, _ organisation: Identifier, at now: Timestamp,
        in session: Session
    ) throws {
        // What changes for calls is known to every replica before its next decision; the epoch's row comes before all others.
        let epoch = verdict.state == .trying ? nil : try GuardQueries.raiseEpoch(of: organisation, in: session)
        let number = verdict.cycle ?? 0
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.text(trial.workflow)
        parameters.uuid(trial.id)
        parameters.int8(number - 1)
        if verdict.state != .rolledBack {
            parameters.text(verdict.state.rawValue)
            let next = verdict.state == .trying ? trial.cycle(number + 1).upperBound : nil
            parameters.timestamp(microsecondsSince1970: next?.microseconds)
        }
        let statement = verdict.state == .rolledBack ? RouteTrialStatements.over : RouteTrialStatements.next
        guard try session.execute(statement, parameters).affected == 1 else { throw Refusal.late }
        try insert(verdict, of: trial.id, epoch: epoch, organisation, in: session)
        switch verdict.state {
        case .kept: try tell(.trialKept, of: trial, reason: verdict.reason, policy, organisation, at: now, in: session)
        case .rolledBack: try tell(.trialRolledBack, of: trial, reason: verdict.reason, policy, organisation, at: now, in: session)
        case .trying, .ended: break
        }
    }
}

extension StoredRouteTrial {
    /// The times of a cycle, from 1 on; 0 and −1 are the two before the trial.
    func cycle(_ number: Int64) -> Range<Timestamp> {
        let length = cycleDays * 86_400
        return startedAt.adding(seconds: (number - 1) * length)..<startedAt.adding(seconds: number * length)
    }

    /// The number of the cycle that is over at a moment.
    fileprivate func cycle(endingAt moment: Timestamp) -> Int64 {
        (moment.microseconds - startedAt.microseconds) / (cycleDays * 86_400_000_000)
    }
}
