public import Ledger
internal import Postgres

/// The queue of each webhook: strictly in order, served by one replica at a time.
///
/// Everything that changes a queue does so under the lock of its row in `webhook_queues`, so that what is put in is seen by
/// whoever serves it, or wakes somebody who does.
public struct DeliveryQueue: Sendable {
    /// For how long a replica may send to an endpoint without telling; another takes over after that. More than one request
    /// takes, resolving its address included.
    public static let claimSeconds: Int64 = 30
    /// How many deliveries are given up in one transaction.
    static let burialLimit = 500

    let pool: Pool
    let clock: StoreClock
    let signal: FeedSignal

    /// Queues whose head is due and that nobody serves, oldest first.
    public func due(limit: Int) async throws -> [(organisation: Identifier, webhook: Identifier)] {
        let now = clock.now()
        return try await pool.withSession { session in
            var parameters = Parameters()
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.int8(Int64(limit))
            let rows = try session.execute(DeliveryStatements.due, parameters)
            return try (0..<rows.count).map { (try rows.uuid($0, 0), try rows.uuid($0, 1)) }
        }
    }

    /// Whether any queue has a head that is due, also one that is being served.
    public func isAnyDue() async throws -> Bool {
        let now = clock.now()
        return try await pool.withSession { session in
            var parameters = Parameters()
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            return try session.execute(DeliveryStatements.dueCount, parameters).int8(0, 0) > 0
        }
    }

    /// Takes over a queue, or goes on with it.
    public func claim(_ claim: QueueClaim) async throws -> QueueHead {
        let now = clock.now()
        return try await pool.withTransaction { session in
            _ = try session.execute(RelaxedCommit.statement)
            let moment = try DatabaseClock.moment(in: session)
            guard try Self.lock(claim, at: moment, isNew: true, in: session) else { return .taken }
            return try Self.settle(claim, at: now, moment: moment, keepsIdleClaim: false, in: session)
        }
    }

    /// Gives up a queue, unless something became due meanwhile.
    public func release(_ claim: QueueClaim) async throws -> QueueHead {
        try await self.claim(claim)
    }

    /// Lets others serve the queue at once, whatever is in it.
    public func abandon(_ claim: QueueClaim) async throws {
        try await pool.withTransaction { session in
            _ = try session.execute(RelaxedCommit.statement)
            let moment = try DatabaseClock.moment(in: session)
            guard try Self.lock(claim, at: moment, isNew: false, in: session) else { return }
            let next = try Self.head(of: claim, in: session)?.next
            try Self.set(claim, next: next, claimedUntil: nil, in: session)
        }
    }

    /// Writes down what came of a request: the attempt, the state of the delivery, and the queue, in one transaction.
    ///
    /// - Parameters:
    ///   - verdict: what the answer means.
    ///   - random: entropy for the time of the next attempt.
    /// - Returns: what is to be sent next. The claim stays, also where nothing is due, until `release`.
    public func record(
        _ attempt: DeliveryAttempt, of delivery: PendingDelivery, verdict: EndpointVerdict, random: UInt64, claim: QueueClaim
    ) async throws -> QueueHead {
        let now = clock.now()
        // An endpoint that is gone is an event.
        defer { if verdict == .gone { signal.raise() } }
        do {
            return try await book(attempt, of: delivery, verdict: verdict, random: random, claim: claim, at: now)
        } catch let error as PostgresError where error.sqlState == .uniqueViolation {
            // The transaction whose COMMIT was not answered had been done.
            return try await self.claim(claim)
        }
    }

    private func book(
        _ attempt: DeliveryAttempt, of delivery: PendingDelivery, verdict: EndpointVerdict, random: UInt64, claim: QueueClaim, at now: Timestamp
    ) async throws -> QueueHead {
        try await pool.withTransaction { session in
            _ = try session.execute(RelaxedCommit.statement)
            let moment = try DatabaseClock.moment(in: session)
            // Whoever took over sends the message again, under the same id, and books what comes of it.
            guard try Self.lock(claim, at: moment, isNew: false, in: session) else { return .taken }
            try DeliveryResult.book(
                attempt, of: delivery, verdict: verdict, random: random, webhook: claim.webhook, organisation: claim.organisation, at: now,
                in: session)
            return try Self.settle(claim, at: now, moment: moment, keepsIdleClaim: true, in: session)
        }
    }

    // MARK: - Inside a transaction

    /// Makes sure that the queue is this replica's.
    ///
    /// - Parameter isNew: a queue that nobody holds is taken; else the claim must be the holder's still.
    private static func lock(_ claim: QueueClaim, at moment: Timestamp, isNew: Bool, in session: Session) throws -> Bool {
        let rows = try session.execute(DeliveryStatements.lock, key(claim))
        guard rows.count == 1 else { return false }
        let holder: Identifier? = try rows.uuidIfPresent(0, 1)
        if holder == claim.holder { return true }
        let isFree = try rows.timestampIfPresent(0, 2).map { $0 <= moment.microseconds } ?? true
        return isNew && (holder == nil || isFree)
    }

    /// Reads the head, and writes down when the queue is due and whose it is.
    private static func settle(
        _ claim: QueueClaim, at now: Timestamp, moment: Timestamp, keepsIdleClaim: Bool, in session: Session
    ) throws -> QueueHead {
        let (endpoint, fate) = try endpoint(of: claim, at: now, in: session)
        guard let endpoint else {
            let isFull = try bury(claim, because: fate, at: now, in: session)
            try set(claim, next: isFull ? now : nil, claimedUntil: nil, in: session)
            return .idle
        }
        let head = try head(of: claim, in: session)
        let isDue = head.map { $0.next <= now } ?? false
        let until = isDue || keepsIdleClaim ? moment.adding(seconds: claimSeconds) : nil
        try set(claim, next: head?.next, claimedUntil: until, in: session)
        guard let head, isDue else { return .idle }
        return .due(head.delivery, endpoint)
    }

    private static func set(_ claim: QueueClaim, next: Timestamp?, claimedUntil: Timestamp?, in session: Session) throws {
        var parameters = key(claim)
        parameters.timestamp(microsecondsSince1970: next?.microseconds)
        parameters.uuid(claimedUntil == nil ? nil : claim.holder)
        parameters.timestamp(microsecondsSince1970: claimedUntil?.microseconds)
        _ = try session.execute(DeliveryStatements.setQueue, parameters)
    }

    private static func head(of claim: QueueClaim, in session: Session) throws -> (delivery: PendingDelivery, next: Timestamp)? {
        let rows = try session.execute(DeliveryStatements.head, key(claim))
        guard rows.count == 1 else { return nil }
        let delivery = PendingDelivery(
            id: try rows.uuid(0, 0), event: try rows.uuid(0, 1), kind: try rows.text(0, 2), attempts: try rows.int8(0, 3),
            failures: try rows.int8(0, 4), body: Array(try rows.text(0, 5).utf8))
        return (delivery, Timestamp(microseconds: try rows.timestamp(0, 6)))
    }

    /// The endpoint, or why it is sent nothing.
    private static func endpoint(of claim: QueueClaim, at now: Timestamp, in session: Session) throws -> (Endpoint?, fate: String) {
        let rows = try session.execute(DeliveryStatements.endpoint, key(claim))
        guard rows.count == 1, !(try rows.bool(0, 7)) else { return (nil, "the webhook was deleted") }
        guard try rows.text(0, 6) == Webhook.State.active.rawValue else { return (nil, "the webhook is disabled") }
        return (try decode(rows, id: claim.webhook, at: now), "")
    }

    static func decode(_ rows: Rows, id: Identifier, at now: Timestamp) throws -> Endpoint {
        guard let kind = WebhookKind(rawValue: try rows.text(0, 1)) else { throw StoreError(.corrupt, "webhook \(id) has an unknown kind") }
        var secrets = [WebhookSecret(bytes: try rows.bytes(0, 3))]
        if let previous = try rows.bytesIfPresent(0, 4), let until = try rows.timestampIfPresent(0, 5), until > now.microseconds {
            secrets.append(WebhookSecret(bytes: previous))
        }
        return Endpoint(id: id, url: try rows.text(0, 0), kind: kind, secrets: secrets, routingKey: try rows.textIfPresent(0, 2))
    }

    /// True if there may be more.
    private static func bury(_ claim: QueueClaim, because reason: String, at now: Timestamp, in session: Session) throws -> Bool {
        var parameters = key(claim)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.text(reason)
        parameters.int8(Int64(burialLimit))
        return try session.execute(DeliveryStatements.bury, parameters).affected >= burialLimit
    }

    private static func key(_ claim: QueueClaim) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(claim.organisation)
        parameters.uuid(claim.webhook)
        return parameters
    }
}
