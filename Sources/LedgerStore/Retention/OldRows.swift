public import Ledger
internal import Logging
internal import Postgres

/// Rows that are kept for a limited time only.
public struct OldRows: Sendable {
    /// One kind of them. The statements are told the organisation, and then two times, or a time, between which rows lie.
    struct Kind: Sendable {
        /// For how long rows are kept after they were made.
        let keptSeconds: Int64
        /// The time of the oldest row of $1 before $2.
        let oldest: Statement
        /// Deletes the oldest $4 rows of $1 from $2 on and before $3, and returns their times.
        let delete: Statement
    }

    /// Every kind. To add one, write its two statements.
    static let kinds = [
        // A call that is repeated later than this is a new call.
        Kind(keptSeconds: 7 * 86_400, oldest: RetentionStatements.oldestIdempotencyKey, delete: RetentionStatements.deleteIdempotencyKeys),
        // Baselines compare with the same time of each of seven days, give or take one window.
        Kind(keptSeconds: 9 * 86_400, oldest: RetentionStatements.oldestSlice, delete: RetentionStatements.deleteSlices),
        Kind(keptSeconds: 30 * 86_400, oldest: RetentionStatements.oldestTrip, delete: RetentionStatements.deleteTrips),
        // What was sent to webhooks, and what they answered, once it is over.
        Kind(keptSeconds: 30 * 86_400, oldest: RetentionStatements.oldestDelivery, delete: RetentionStatements.deleteDeliveries),
        // A run that was told no for ever, and has not called since: its agent is gone.
        Kind(keptSeconds: 30 * 86_400, oldest: RetentionStatements.oldestRejectedGate, delete: RetentionStatements.deleteRejectedGates),
    ]
    /// How many rows one transaction deletes.
    static let pageSize = 2_000

    let pool: Pool
    let organisations: OrganisationStore

    /// Deletes what is too old, each page a transaction of its own. A failure of one organisation does not stop the others;
    /// the first is thrown at the end.
    ///
    /// - Returns: how many rows were deleted.
    @discardableResult
    public func remove(at now: Timestamp) async throws -> Int {
        var removed = 0
        var failure: (any Error)?
        for organisation in try await organisations.all() {
            for kind in Self.kinds {
                try Task.checkCancellation()
                do {
                    removed += try await remove(kind, of: organisation.id, before: now.adding(seconds: -kind.keptSeconds))
                } catch {
                    failure = failure ?? error
                }
            }
        }
        if let failure { throw failure }
        return removed
    }

    /// Each page begins where the one before ended, so that none searches again through what others deleted.
    private func remove(_ kind: Kind, of organisation: Identifier, before limit: Timestamp) async throws -> Int {
        guard var from = try await oldest(kind, of: organisation, before: limit) else { return 0 }
        var removed = 0
        while true {
            try Task.checkCancellation()
            let (count, last) = try await delete(kind, of: organisation, from: from, to: limit)
            removed += count
            guard count >= Self.pageSize, let last else { return removed }
            from = last
        }
    }

    private func oldest(_ kind: Kind, of organisation: Identifier, before limit: Timestamp) async throws -> Timestamp? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: limit.microseconds)
            let rows = try session.execute(kind.oldest, parameters)
            return rows.count == 0 ? nil : try rows.timestampIfPresent(0, 0).map { Timestamp(microseconds: $0) }
        }
    }

    private func delete(
        _ kind: Kind, of organisation: Identifier, from: Timestamp, to: Timestamp
    ) async throws -> (count: Int, last: Timestamp?) {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: from.microseconds)
            parameters.timestamp(microsecondsSince1970: to.microseconds)
            parameters.int8(Int64(Self.pageSize))
            let rows = try session.execute(kind.delete, parameters)
            let times = try (0..<rows.count).map { try rows.timestamp($0, 0) }
            return (rows.count, times.max().map { Timestamp(microseconds: $0) })
        }
    }
}
