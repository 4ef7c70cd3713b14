internal import Ledger
internal import Logging
internal import Postgres

/// The feed of each organisation: its events, numbered without a gap in the order in which they became visible.
///
/// Commit order is not the order of ids or times. So nothing may follow events by an id or a time: positions are the only
/// cursor behind which nothing appears later.
public struct Feed: Sendable {
    /// How many events one transaction numbers.
    static let batchLimit = 500
    /// How many organisations one pass serves.
    static let organisationLimit = 1_000

    let pool: Pool
    let clock: StoreClock
    let logger: Logger
    /// Raised when this replica has written events.
    public let signal: FeedSignal
    /// Raised when this replica has numbered events, for whoever gives them to webhooks.
    public let moved = FeedSignal()
    /// Those who wait for entries on this replica.
    public let subscriptions: FeedSubscriptions

    init(pool: Pool, clock: StoreClock, signal: FeedSignal, logger: Logger) {
        self.pool = pool
        self.clock = clock
        self.signal = signal
        self.logger = logger
        subscriptions = FeedSubscriptions()
    }

    /// Numbers every event that waits, each organisation in transactions of its own; two replicas at once number each once.
    ///
    /// An organisation that fails does not keep the others waiting; the first such error is thrown at the end.
    ///
    /// - Returns: how many events were numbered.
    @discardableResult
    public func publish() async throws -> Int {
        var count = 0
        var isFull = true
        while isFull {
            let due = try await pool.withSession { session in
                var parameters = Parameters()
                parameters.int8(Int64(Self.organisationLimit))
                let rows = try session.execute(FeedStatements.due, parameters)
                return try (0..<rows.count).map { row -> Identifier in try rows.uuid(row, 0) }
            }
            isFull = due.count >= Self.organisationLimit
            var failure: (any Error)?
            for organisation in due {
                do {
                    count += try await publish(organisation)
                } catch {
                    logger.error("events of an organisation could not be numbered", metadata: ["org_id": "\(organisation)", "error": "\(error)"])
                    failure = failure ?? error
                }
            }
            if let failure { throw failure }
        }
        return count
    }

    private func publish(_ organisation: Identifier) async throws -> Int {
        var count = 0
        while true {
            let now = clock.now()
            let (numbered, last) = try await pool.withTransaction { session in
                try Self.number(organisation, at: now, in: session)
            }
            if numbered > 0 {
                subscriptions.moved(organisation, to: last)
                moved.raise()
            }
            count += numbered
            guard numbered >= Self.batchLimit else { return count }
        }
    }

    private static func number(_ organisation: Identifier, at now: Timestamp, in session: Session) throws -> (count: Int, last: Int64) {
        let last = try lock(organisation, in: session)
        var read = Parameters()
        read.uuid(organisation)
        read.int8(Int64(batchLimit))
        let rows = try session.execute(FeedStatements.waiting, read)
        guard rows.count > 0 else { return (0, last) }
        var ids: [Identifier] = []
        var alerts: [Identifier] = []
        for row in 0..<rows.count {
            ids.append(try rows.uuid(row, 0))
            if try rows.text(row, 1) == Event.Kind.alert.rawValue { alerts.append(ids[row]) }
        }
        let results = try session.pipeline(steps(ids, alerts: alerts, after: last, organisation: organisation, at: now))
        guard results[0].affected == ids.count, results[1].affected == ids.count, results[2].affected == 1 else {
            throw StoreError(.corrupt, "\(ids.count) events could not be numbered after \(last)")
        }
        return (ids.count, last + Int64(ids.count))
    }

    private static func lock(_ organisation: Identifier, in session: Session) throws -> Int64 {
        var key = Parameters()
        key.uuid(organisation)
        var rows = try session.execute(FeedStatements.lock, key)
        if rows.count == 0 {
            _ = try session.execute(FeedStatements.begin, key)
            rows = try session.execute(FeedStatements.lock, key)
        }
        guard rows.count == 1 else { throw StoreError(.corrupt, "the organisation has no feed") }
        return try rows.int8(0, 0)
    }

    private static func steps(
        _ ids: [Identifier], alerts: [Identifier], after last: Int64, organisation: Identifier, at now: Timestamp
    ) -> [PipelineStep] {
        var insert = Parameters()
        insert.uuid(organisation)
        insert.int8Array((1...Int64(ids.count)).map { last + $0 })
        insert.uuidArray(ids)
        var forget = Parameters()
        forget.uuid(organisation)
        forget.uuidArray(ids)
        var advance = Parameters()
        advance.uuid(organisation)
        advance.int8(last + Int64(ids.count))
        var steps = [
            PipelineStep(FeedStatements.insert, insert), PipelineStep(FeedStatements.forget, forget), PipelineStep(FeedStatements.advance, advance),
        ]
        if !alerts.isEmpty {
            var queue = Parameters()
            queue.uuid(organisation)
            queue.timestamp(microsecondsSince1970: now.microseconds)
            queue.uuidArray(alerts)
            steps.append(PipelineStep(FeedStatements.queueAlerts, queue))
        }
        return steps
    }
}
