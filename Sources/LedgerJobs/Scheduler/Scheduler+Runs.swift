internal import Ledger
internal import LedgerStore
internal import Logging

extension Scheduler {
    enum Ending: Sendable {
        case succeeded, failed
        /// It failed because the store could not answer then.
        case interrupted
        /// Another run had the claim, or took it over, or this replica shuts down: nothing was recorded.
        case skipped
    }

    /// The longest text of an error that is kept.
    static let maximumErrorLength = 1_000

    /// Claims and runs what is due, and records how it ended.
    func perform(_ run: SchedulePlan.Run, _ reading: ScheduleReading) async -> Ending {
        let claim: ScheduleClaim?
        do {
            claim = try await schedules.claim(
                run.job.name, due: run.schedule.nextDueAt, startedAt: reading.now, moment: reading.moment, seconds: options.claimSeconds)
        } catch {
            logger.warning("a job could not be claimed", metadata: ["job": "\(run.job.name)", "error": "\(error)"])
            return .skipped
        }
        guard let claim else { return .skipped }
        metrics[run.job.name]?.started(lateBy: Double(reading.now.microseconds - run.dueAt.microseconds) / 1e6)
        return await perform(run.job, claim, JobContext(dueAt: run.dueAt, now: reading.now, missed: run.missed)) { error in
            dueAfter(run, error, at: clock.now())
        }
    }

    /// Runs a job that somebody asked for. Its due times stay as they are.
    func perform(_ job: any ScheduledJob, _ claim: ScheduleClaim, at now: Timestamp) async {
        _ = await perform(job, claim, JobContext(dueAt: now, now: now, missed: 0)) { _ in nil }
    }

    /// - Parameter due: what becomes of the due times, by the error.
    private func perform(
        _ job: any ScheduledJob, _ claim: ScheduleClaim, _ context: JobContext, due: ((any Error)?) -> ScheduleOutcome.Due?
    ) async -> Ending {
        let begin = ContinuousClock.now
        let error: (any Error)?
        switch await keeping(claim, { try await job.run(context) }) {
        case .success: error = nil
        case .failure(let failure) where failure is ClaimLost || Task.isCancelled:
            await shielded("a claim could not be given up; it ends by itself") { try await schedules.release(claim) }
            return .skipped
        case .failure(let failure): error = failure
        }
        let outcome = ScheduleOutcome(due: due(error), finishedAt: clock.now(), error: error.map(Self.text))
        if let error { report(error, of: job.name, outcome) }
        // A failed attempt leaves its due time to the next one, and with it what was missed.
        let isBehind = outcome.due.map { $0.next > context.dueAt } ?? false
        metrics[job.name]?.ended(failed: error != nil, after: ContinuousClock.now - begin, missed: isBehind ? context.missed : 0)
        await shielded("the end of a run could not be recorded; it runs again") { try await schedules.finish(claim, outcome) }
        return error.map { StoreError.isPassing($0) ? .interrupted : .failed } ?? .succeeded
    }

    /// What the schedule tells of an error; the database takes no U+0000.
    private static func text(_ error: any Error) -> String {
        String("\(error)".prefix(maximumErrorLength)).filter { $0 != "\0" }
    }

    /// The next due time after a success, a final failure or the last attempt; else the same one again.
    private func dueAfter(_ run: SchedulePlan.Run, _ error: (any Error)?, at now: Timestamp) -> ScheduleOutcome.Due {
        let attempts = run.schedule.attempts + 1
        let isFinal = (error as? JobFailure)?.isFinal ?? false
        guard error != nil, !isFinal, attempts < options.maximumAttempts else {
            return ScheduleOutcome.Due(at: run.dueAt, next: run.next, missed: run.missed)
        }
        let wait = options.backoff.microseconds(after: attempts, random: random())
        let retryAt = Timestamp(microseconds: now.microseconds + wait)
        return ScheduleOutcome.Due(at: run.dueAt, next: run.schedule.nextDueAt, missed: 0, attempts: attempts, retryAt: retryAt)
    }

    private func report(_ error: any Error, of name: String, _ outcome: ScheduleOutcome) {
        var metadata: Logger.Metadata = ["job": "\(name)", "error": "\(error)"]
        if let retryAt = outcome.due?.retryAt { metadata["retry_at"] = "\(retryAt)" }
        logger.warning("a scheduled job failed", metadata: metadata)
    }

    // MARK: - Claims

    private struct ClaimLost: Error {}

    /// Runs `body` and renews its claim meanwhile; cancels it where the claim is lost.
    private func keeping(_ claim: ScheduleClaim, _ body: @escaping @Sendable () async throws -> Void) async -> Result<Void, any Error> {
        await withTaskGroup(of: Result<Void, any Error>.self) { group in
            group.addTask {
                do {
                    return .success(try await body())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask { await renewing(claim) }
            let first = await group.next() ?? .failure(CancellationError())
            group.cancelAll()
            return first
        }
    }

    /// Returns once the claim is lost, or the task is cancelled.
    private func renewing(_ claim: ScheduleClaim) async -> Result<Void, any Error> {
        while true {
            do {
                try await Task.sleep(for: .milliseconds(options.claimSeconds * 1_000 / 3))
                guard try await schedules.renew(claim, seconds: options.claimSeconds) else { return .failure(ClaimLost()) }
            } catch {
                if Task.isCancelled { return .failure(CancellationError()) }
                logger.warning("a claim could not be renewed; tried again", metadata: ["job": "\(claim.name)", "error": "\(error)"])
            }
        }
    }
}
