public import Ledger
internal import Logging
internal import Postgres

extension AlertStore {
    /// What an alert tells beside its event: how fast the balance is used, until when it lasts, who uses it, where to look.
    /// Measured at the first call; later ones answer the same, on every replica.
    ///
    /// - Returns: a JSON object with `measured_at`, `burn_rate`, `exhausted_at`, `window_end`, `lasts_until_window_end`,
    ///   `top_spenders`, `links` and `playbook`.
    /// - Throws: `StoreError` `rejected` where there is no such alert.
    public func detail(of alert: Identifier, organisation: Identifier) async throws -> [UInt8] {
        let now = clock.now()
        let directory = directory
        return try await pool.withSession { session in
            if let stored = try Self.stored(alert, organisation: organisation, in: session) { return stored }
            guard let state = try directory.refresh(organisation, in: session),
                let subject = try AlertSubject.read(alert, organisation: organisation, policy: state.policy, in: session)
            else { throw StoreError(.rejected, "there is no alert \(alert)") }
            let data = try Self.measure(alert, subject, organisation: organisation, now: now, in: session)
            try session.transaction { session in
                _ = try session.execute(RelaxedCommit.statement)
                try Self.store(data, of: alert, subject, policyEpoch: state.epochs.policy, organisation: organisation, at: now, in: session)
            }
            // As the database writes it, and as the first of several replicas measured it.
            return try Self.stored(alert, organisation: organisation, in: session) ?? data
        }
    }

    /// Measures alerts that wait for it, oldest first.
    ///
    /// - Parameter limit: how many, at most, so that a flood of alerts takes little from the calls.
    /// - Returns: true if there may be more.
    public func detailDue(limit: Int = 20) async throws -> Bool {
        let due = try await pool.withSession { session in
            var parameters = Parameters()
            parameters.int8(Int64(limit))
            let rows = try session.execute(AlertStatements.due, parameters)
            return try (0..<rows.count).map { row -> (organisation: Identifier, alert: Identifier) in (try rows.uuid(row, 0), try rows.uuid(row, 1)) }
        }
        for (organisation, alert) in due {
            do {
                _ = try await detail(of: alert, organisation: organisation)
            } catch let error as StoreError where error.code == .corrupt || error.code == .rejected {
                // One that cannot be measured must not stand in the way of the others.
                logger.error("an alert cannot be measured", metadata: ["org_id": "\(organisation)", "alert": "\(alert)", "error": "\(error)"])
            }
            // Also where somebody else measured it before it was queued.
            try await pool.withSession { _ = try $0.execute(AlertStatements.dequeue, Self.key(alert, organisation)) }
        }
        return due.count >= limit
    }

    static func key(_ alert: Identifier, _ organisation: Identifier) -> Parameters {
        var key = Parameters()
        key.uuid(organisation)
        key.uuid(alert)
        return key
    }

    private static func stored(_ alert: Identifier, organisation: Identifier, in session: Session) throws -> [UInt8]? {
        let rows = try session.execute(AlertStatements.detail, key(alert, organisation))
        return rows.count == 1 ? try rows.json(0, 0) : nil
    }

    private static func measure(
        _ alert: Identifier, _ subject: AlertSubject, organisation: Identifier, now: Timestamp, in session: Session
    ) throws -> [UInt8] {
        guard let standing = subject.standing else {
            return AlertMeasurement.encode(alert: alert, envelope: subject.envelope, at: now, playbook: subject.playbook)
        }
        let changes = try AlertSubject.changes(of: standing, organisation: organisation, in: session)
        let measurement = AlertMeasurement(
            changes, isWhole: standing.version <= Int64(changes.count), remaining: standing.remaining, window: standing.identity.window, now: now)
        return measurement.encode(alert: alert, envelope: subject.envelope, identity: standing.identity, playbook: subject.playbook)
    }

    private static func store(
        _ data: [UInt8], of alert: Identifier, _ subject: AlertSubject, policyEpoch: Int64, organisation: Identifier, at now: Timestamp,
        in session: Session
    ) throws {
        var detail = key(alert, organisation)
        detail.timestamp(microsecondsSince1970: now.microseconds)
        detail.json(data)
        guard try session.execute(AlertStatements.insertDetail, detail).affected == 1 else { return }
        if let standing = subject.standing, let step = subject.step {
            var open = key(alert, organisation)
            open.uuid(standing.identity.id)
            open.int8(step)
            open.int8(subject.limitThen ?? standing.limit)
            open.timestamp(microsecondsSince1970: standing.identity.window.end?.microseconds)
            open.int8(policyEpoch)
            _ = try session.execute(AlertStatements.insertOpen, open)
        }
        _ = try session.execute(AlertStatements.dequeue, key(alert, organisation))
    }
}
