internal import Ledger
internal import Postgres

/// The row that whoever changes an organisation's sums of usage locks.
enum UsageHead {
    private static let statement = Statement(
        "usage_head",
        """
        INSERT INTO usage_heads AS u (org_id, corrections) SELECT e.org_id, $2::bigint FROM org_epochs e WHERE e.org_id = $1
        ON CONFLICT (org_id) DO UPDATE SET corrections = u.corrections + excluded.corrections RETURNING u.corrections
        """
    )

    private static let count = Statement("usage_head_count", "SELECT u.corrections FROM usage_heads u WHERE u.org_id = $1")

    /// Holds the row until the transaction ends.
    ///
    /// - Parameter new: how many corrections are being made.
    /// - Returns: how many corrections there are, these with them.
    static func lock(_ organisation: Identifier, new: Int64 = 0, in session: Session) throws -> Int64 {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.int8(new)
        let rows = try session.execute(statement, parameters)
        guard rows.count == 1 else { throw StoreError(.corrupt, "organisation \(organisation) has no epochs") }
        return try rows.int8(0, 0)
    }

    /// Whether anything of the organisation was ever corrected.
    static func isCorrected(_ organisation: Identifier, in session: Session) throws -> Bool {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let rows = try session.execute(count, parameters)
        return rows.count == 1 ? try rows.int8(0, 0) > 0 : false
    }
}
