public import Ledger
internal import Postgres

/// Counters of breakers whose subjects have not called for long. What changes has no index, so all are looked at, page by page in the
/// order of their ids.
public struct IdleCounters: Sendable {
    /// 30 days.
    static let keptSeconds: Int64 = 30 * 86_400
    /// How many rows are looked at in one transaction.
    static let pageSize = 2_000

    let pool: Pool
    let organisations: OrganisationStore

    /// Deletes the counters that have not changed for `keptSeconds`.
    ///
    /// - Returns: how many.
    @discardableResult
    public func remove(at now: Timestamp) async throws -> Int {
        let limit = now.adding(seconds: -Self.keptSeconds)
        var removed = 0
        for organisation in try await organisations.all() {
            var after: Identifier? = Identifier.none
            while let last = after {
                try Task.checkCancellation()
                let page = try await remove(of: organisation.id, after: last, before: limit)
                removed += page.removed
                after = page.next
            }
        }
        return removed
    }

    private func remove(
        of organisation: Identifier, after: Identifier, before limit: Timestamp
    ) async throws -> (removed: Int, next: Identifier?) {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(after)
            parameters.int8(Int64(Self.pageSize))
            parameters.timestamp(microsecondsSince1970: limit.microseconds)
            let rows = try session.execute(CounterStatements.page, parameters)
            var idle: [Identifier] = []
            var last: Identifier?
            for row in 0..<rows.count {
                let id: Identifier = try rows.uuid(row, 0)
                last = id
                if try rows.bool(row, 1) { idle.append(id) }
            }
            let next = rows.count < Self.pageSize ? nil : last
            guard !idle.isEmpty else { return (0, next) }
            var gone = Parameters()
            gone.uuid(organisation)
            gone.uuidArray(idle)
            gone.timestamp(microsecondsSince1970: limit.microseconds)
            return (Int(try session.execute(CounterStatements.deleteIdle, gone).affected), next)
        }
    }
}
