public import Ledger
internal import Postgres

/// The state of scheduled jobs, in tables of the installation that all replicas share.
public struct ScheduleStore: Sendable {
    let pool: Pool
    let clock: StoreClock

    /// Reads everything at once; takes the ledger's time over from the database, where another replica may have advanced it.
    public func read() async throws -> ScheduleReading {
        let isTest = clock.mode == .test
        let reading = try await pool.withSession { session in
            let rows = try session.pipeline([PipelineStep(ScheduleStatements.readLease), PipelineStep(ScheduleStatements.read)])
            let moment = Timestamp(microseconds: try rows[0].timestamp(0, 1))
            let now = isTest ? Timestamp(microseconds: try rows[0].timestamp(0, 0)) : moment
            return ScheduleReading(schedules: try Self.schedules(rows[1]), lease: try Self.lease(rows[0]), now: now, moment: moment)
        }
        clock.observe(reading.now)
        return reading
    }

    /// Makes sure that there is a row for each of these jobs.
    ///
    /// - Parameter jobs: with the first due time of a job that is new, and the latest time at which any is due next.
    public func register(_ jobs: [(name: String, first: Timestamp, next: Timestamp)]) async throws {
        for (statement, times) in [(ScheduleStatements.register, jobs.map(\.first)), (ScheduleStatements.hasten, jobs.map(\.next))] {
            var parameters = Parameters()
            parameters.textArray(jobs.map(\.name))
            parameters.timestampArray(times.map(\.microseconds))
            try await write(statement, parameters)
        }
    }

    // MARK: - One run

    /// Claims a job for one run.
    ///
    /// - Parameters:
    ///   - due: its first due time as it was read; nil for a run that somebody asked for.
    ///   - moment: the database's own clock as it was read.
    /// - Returns: nil if another run has it, or has already done what was due.
    public func claim(
        _ name: String, due: Timestamp?, startedAt: Timestamp, moment: Timestamp, seconds: Int64
    ) async throws -> ScheduleClaim? {
        let claim = ScheduleClaim(name: name, id: .fresh(at: moment))
        var parameters = key(claim)
        parameters.timestamp(microsecondsSince1970: moment.adding(seconds: seconds).microseconds)
        parameters.timestamp(microsecondsSince1970: startedAt.microseconds)
        parameters.timestamp(microsecondsSince1970: moment.microseconds)
        parameters.timestamp(microsecondsSince1970: due?.microseconds)
        return try await write(ScheduleStatements.claim, parameters) ? claim : nil
    }

    /// Keeps a claim for as long again. False if it was lost.
    public func renew(_ claim: ScheduleClaim, seconds: Int64) async throws -> Bool {
        let moment = try await read().moment
        var parameters = key(claim)
        parameters.timestamp(microsecondsSince1970: moment.adding(seconds: seconds).microseconds)
        return try await write(ScheduleStatements.renew, parameters)
    }

    /// Gives a claim up as if the run had never begun.
    public func release(_ claim: ScheduleClaim) async throws {
        try await write(ScheduleStatements.release, key(claim))
    }

    /// Records how a run ended. False if its claim was lost: then another run speaks for the job.
    @discardableResult
    public func finish(_ claim: ScheduleClaim, _ outcome: ScheduleOutcome) async throws -> Bool {
        var parameters = key(claim)
        parameters.timestamp(microsecondsSince1970: outcome.finishedAt.microseconds)
        parameters.text((outcome.error == nil ? StoredSchedule.State.ok : .failed).rawValue)
        parameters.text(outcome.error)
        parameters.int8(Int64(outcome.error == nil ? 0 : 1))
        guard let due = outcome.due else { return try await write(ScheduleStatements.finishAsked, parameters) }
        parameters.timestamp(microsecondsSince1970: due.at.microseconds)
        parameters.timestamp(microsecondsSince1970: due.next.microseconds)
        parameters.int8(due.missed)
        parameters.int8(due.attempts)
        parameters.timestamp(microsecondsSince1970: due.retryAt?.microseconds)
        return try await write(ScheduleStatements.finish, parameters)
    }

    // MARK: - The lease

    /// Puts one lease in place of another. False if somebody else was faster.
    public func write(_ lease: SchedulerLease, over old: SchedulerLease?) async throws -> Bool {
        var parameters = Parameters()
        parameters.uuid(lease.holder)
        parameters.int8(lease.term)
        parameters.timestamp(microsecondsSince1970: lease.expiresAt.microseconds)
        guard let old else { return try await write(ScheduleStatements.insertLease, parameters) }
        parameters.uuid(old.holder)
        parameters.int8(old.term)
        parameters.timestamp(microsecondsSince1970: old.expiresAt.microseconds)
        return try await write(ScheduleStatements.moveLease, parameters)
    }

    /// Gives the lease up, if this replica has it.
    public func endLease(of replica: Identifier) async throws {
        var parameters = Parameters()
        parameters.uuid(replica)
        parameters.timestamp(microsecondsSince1970: 0)
        try await write(ScheduleStatements.endLease, parameters)
    }

    // MARK: - The database

    private func key(_ claim: ScheduleClaim) -> Parameters {
        var parameters = Parameters()
        parameters.text(claim.name)
        parameters.uuid(claim.id)
        return parameters
    }

    /// One statement in one round trip, without a flush. False if it touched no row.
    @discardableResult
    private func write(_ statement: Statement, _ parameters: Parameters) async throws -> Bool {
        try await pool.withSession { session in
            let steps = [
                PipelineStep(Statement.begin), PipelineStep(RelaxedCommit.statement), PipelineStep(statement, parameters),
                PipelineStep(Statement.commit),
            ]
            return try session.pipeline(steps)[2].affected > 0
        }
    }

    private static func lease(_ rows: Rows) throws -> SchedulerLease? {
        guard let holder: Identifier = try rows.uuidIfPresent(0, 2) else { return nil }
        return SchedulerLease(holder: holder, term: try rows.int8(0, 3), expiresAt: Timestamp(microseconds: try rows.timestamp(0, 4)))
    }

    private static func schedules(_ rows: Rows) throws -> [String: StoredSchedule] {
        var schedules: [String: StoredSchedule] = [:]
        for row in 0..<rows.count {
            func time(_ column: Int) throws -> Timestamp? { try rows.timestampIfPresent(row, column).map { Timestamp(microseconds: $0) } }
            let name = try rows.text(row, 0)
            schedules[name] = StoredSchedule(
                name: name, nextDueAt: Timestamp(microseconds: try rows.timestamp(row, 1)), lastDueAt: try time(2), lastStartedAt: try time(3),
                lastFinishedAt: try time(4), lastState: try rows.textIfPresent(row, 5).flatMap(StoredSchedule.State.init),
                lastError: try rows.textIfPresent(row, 6), missed: try rows.int8(row, 7), runs: try rows.int8(row, 8),
                failures: try rows.int8(row, 9), attempts: try rows.int8(row, 10), retryAt: try time(11), claimedUntil: try time(12))
        }
        return schedules
    }
}
