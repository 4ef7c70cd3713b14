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
        /// Deletes at most $4 rows of $1 from $2 on and before $3.
        let delete: Statement
    }

    /// Every kind. To add one, write its two statements.
    static let kinds = [
        // A call that is repeated later than this is a new call.
        Kind(keptSeconds: 7 * 86_400, oldest: RetentionStatements.oldestIdempotencyKey, delete: RetentionStatements.deleteIdempotencyKeys)
    ]
    /// How many rows one transaction deletes.
    static let pageSize = 2_000
    /// Rows are looked for in stretches of this length, so that no page searches again through all that others deleted.
    static let stretchSeconds: Int64 = 3_600

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

    private func remove(_ kind: Kind, of organisation: Identifier, before limit: Timestamp) async throws -> Int {
        var removed = 0
        var from = try await oldest(kind, of: organisation, before: limit)
        while let start = from {
            let end = min(limit, start.adding(seconds: Self.stretchSeconds))
            while true {
                try Task.checkCancellation()
                let count = try await delete(kind, of: organisation, from: start, to: end)
                removed += count
                if count < Self.pageSize { break }
            }
            from = end < limit ? try await oldest(kind, of: organisation, before: limit) : nil
        }
        return removed
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

    private func delete(_ kind: Kind, of organisation: Identifier, from: Timestamp, to: Timestamp) async throws -> Int {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: from.microseconds)
            parameters.timestamp(microsecondsSince1970: to.microseconds)
            parameters.int8(Int64(Self.pageSize))
            return try session.execute(kind.delete, parameters).affected
        }
    }
}
