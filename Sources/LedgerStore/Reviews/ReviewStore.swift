public import Ledger
internal import Logging
internal import Postgres

/// Reviews: what each week was like, written once, and what the running one is like.
public struct ReviewStore: Sendable {
    let pool: Pool
    let clock: StoreClock
    let directory: OrganisationDirectory
    let organisations: OrganisationStore
    let parts: ReviewParts
    let signal: FeedSignal
    let logger: Logger

    // MARK: - Reading

    /// Newest first, older than one of them, without their content.
    public func list(of organisation: Identifier, before: Identifier?, limit: Int) async throws -> [StoredReview] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(before ?? .last)
            parameters.int8(Int64(limit))
            let rows = try session.execute(ReviewStatements.list, parameters)
            return try (0..<rows.count).map { try Self.decode(rows, $0, content: []) }
        }
    }

    /// Nil where there is none.
    public func find(_ id: Identifier, of organisation: Identifier) async throws -> StoredReview? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            let rows = try session.execute(ReviewStatements.find, parameters)
            return rows.count == 1 ? try Self.decode(rows, 0, content: try rows.json(0, 6)) : nil
        }
    }

    /// The running week until now; nothing is written.
    public func preview(_ state: OrganisationState) async throws -> StoredReview {
        let now = clock.now()
        let start = ReviewWeek(containing: now).start
        let end = Timestamp(seconds: (now.seconds / UsagePage.hourSeconds + 1) * UsagePage.hourSeconds)
        let review = try await parts.review(of: state, range: start.seconds..<end.seconds, at: now)
        return StoredReview(
            id: nil, start: start, end: end, madeAt: now, missed: 0, summary: review.summary, content: ReviewJSON.encode(review))
    }

    // MARK: - Writing

    /// Writes the review of the week that was over last, for every organisation that has none of it. A failure of one organisation
    /// does not stop the others; the first is thrown at the end.
    ///
    /// - Parameter missed: how many weeks were over while nothing ran, for an organisation that has no review at all.
    /// - Returns: how many were written.
    @discardableResult
    public func writeDue(at now: Timestamp, missed: Int64) async throws -> Int {
        let week = ReviewWeek.last(at: now)
        var written = 0
        var failure: (any Error)?
        for organisation in try await organisations.all() where organisation.state == .active && organisation.createdAt < week.end {
            try Task.checkCancellation()
            do {
                if try await write(week, of: organisation, missed: missed, at: now) { written += 1 }
            } catch {
                if Task.isCancelled { throw error }
                logger.error("the review of an organisation could not be written", metadata: ["org": "\(organisation.name)", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return written
    }

    private func write(_ week: ReviewWeek, of organisation: Organisation, missed: Int64, at now: Timestamp) async throws -> Bool {
        let directory = directory
        let last = try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation.id)
            let rows = try session.execute(ReviewStatements.last, parameters)
            return rows.count == 1 ? Timestamp(microseconds: try rows.timestamp(0, 0)) : nil
        }
        if let last, last >= week.end { return false }
        guard let state = try await pool.withSession({ try directory.look(at: organisation.id, in: $0) }) else { return false }
        let review = try await parts.review(of: state, range: week.start.seconds..<week.end.seconds, at: now)
        let stored = StoredReview(
            id: .fresh(at: now), start: week.start, end: week.end, madeAt: now, missed: last.map { week.weeks(since: $0) } ?? missed,
            summary: review.summary, content: ReviewJSON.encode(review))
        return try await insert(stored, of: organisation.id, at: now)
    }

    /// - Returns: false where another replica was first.
    private func insert(_ review: StoredReview, of organisation: Identifier, at now: Timestamp) async throws -> Bool {
        guard let id = review.id else { return false }
        let isNew = try await pool.withTransaction { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(id)
            parameters.timestamp(microsecondsSince1970: review.start.microseconds)
            parameters.timestamp(microsecondsSince1970: review.end.microseconds)
            parameters.int8(review.missed)
            parameters.text(review.summary)
            parameters.json(review.content)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            guard try session.execute(ReviewStatements.insert, parameters).affected == 1 else { return false }
            var events = EventColumns()
            events.append(Event(.reviewReady, envelope: "", related: id, reason: review.summary), id: .fresh(at: now, sequence: 1))
            try events.write(organisation: organisation, at: now, in: session)
            return true
        }
        if isNew { signal.raise() }
        return isNew
    }

    private static func decode(_ rows: Rows, _ row: Int, content: [UInt8]) throws -> StoredReview {
        StoredReview(
            id: try rows.uuid(row, 0), start: Timestamp(microseconds: try rows.timestamp(row, 1)),
            end: Timestamp(microseconds: try rows.timestamp(row, 2)), madeAt: Timestamp(microseconds: try rows.timestamp(row, 3)),
            missed: try rows.int8(row, 4), summary: try rows.text(row, 5), content: content)
    }
}
