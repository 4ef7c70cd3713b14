internal import Ledger
internal import Logging
internal import Postgres

/// Ends the holds that nobody settled in time.
public struct ExpiredHolds: Sendable {
    /// How many holds one pass takes.
    static let passLimit = 2_048

    private static let dueStatement = Statement(
        "holds_due",
        """
        SELECT d.org_id, array_agg(d.id) FROM (
            SELECT o.org_id, o.id FROM open_reservations o
            WHERE o.expires_at <= $1::timestamptz ORDER BY o.expires_at LIMIT $2::bigint
        ) d GROUP BY d.org_id
        """
    )

    let pool: Pool
    let lanes: WriteLanes
    let directory: OrganisationDirectory
    let clock: StoreClock
    let logger: Logger

    /// Expires up to one pass of holds that are due, through the lanes, oldest first.
    ///
    /// - Returns: how many were due; a full pass means that there may be more.
    public func expireDue() async throws -> (due: Int, mayBeMore: Bool) {
        let now = clock.now()
        let due = try await pool.withSession { session in
            var parameters = Parameters()
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.int8(Int64(Self.passLimit))
            let rows = try session.execute(Self.dueStatement, parameters)
            return try (0..<rows.count).compactMap { row -> (OrganisationState, [Identifier])? in
                let organisation: Identifier = try rows.uuid(row, 0)
                do {
                    guard let state = try directory.refresh(organisation, in: session) else { return nil }
                    return (state, try rows.uuidArray(row, 1))
                } catch let error as StoreError where error.code == .corrupt {
                    // One organisation that cannot be read must not keep the holds of the others alive.
                    logger.error("holds of an organisation cannot expire", metadata: ["org_id": "\(organisation)", "error": "\(error)"])
                    return nil
                }
            }
        }
        let lanes = lanes
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (state, ids) in due {
                for id in ids {
                    let request = SettleRequest(key: nil, reservation: id, action: .expire)
                    group.addTask { _ = try await lanes.submit(.settle(request), state: state) }
                }
            }
            try await group.waitForAll()
        }
        let count = due.reduce(0) { $0 + $1.1.count }
        return (count, count >= Self.passLimit)
    }
}
