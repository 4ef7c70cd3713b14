internal import Postgres

/// The rows of the tables that batches write, by their keys: $1 organisation, after $2 and the kind $4, at most $3; with the
/// time at which each says it was written.
enum CensusStatements {
    static let scans = [
        ("reservations", reservations), ("settlements", settlements), ("refusals", refusals), ("adjustments", adjustments),
        ("approval_decisions", decisions), ("imported_calls", importedCalls), ("batches", batches),
    ]

    private static let reservations = Statement(
        "census_reservations",
        """
        SELECT f.id, ''::text, f.opened_at FROM reservations f
        WHERE f.org_id = $1 AND f.id > $2 AND $4::text = '' ORDER BY f.id LIMIT $3::bigint
        """
    )

    private static let settlements = Statement(
        "census_settlements",
        """
        SELECT f.reservation_id, f.kind, f.settled_at FROM settlements f
        WHERE f.org_id = $1 AND (f.reservation_id, f.kind) > ($2, $4::text) ORDER BY f.reservation_id, f.kind LIMIT $3::bigint
        """
    )

    private static let refusals = Statement(
        "census_refusals",
        """
        SELECT f.id, ''::text, f.refused_at FROM refusals f
        WHERE f.org_id = $1 AND f.id > $2 AND $4::text = '' ORDER BY f.id LIMIT $3::bigint
        """
    )

    private static let adjustments = Statement(
        "census_adjustments",
        """
        SELECT f.id, ''::text, f.made_at FROM adjustments f
        WHERE f.org_id = $1 AND f.id > $2 AND $4::text = '' ORDER BY f.id LIMIT $3::bigint
        """
    )

    private static let decisions = Statement(
        "census_decisions",
        """
        SELECT f.approval_id, ''::text, f.decided_at FROM approval_decisions f
        WHERE f.org_id = $1 AND f.approval_id > $2 AND $4::text = '' ORDER BY f.approval_id LIMIT $3::bigint
        """
    )

    private static let importedCalls = Statement(
        "census_imported_calls",
        """
        SELECT f.id, ''::text, f.imported_at FROM imported_calls f
        WHERE f.org_id = $1 AND f.id > $2 AND $4::text = '' ORDER BY f.id LIMIT $3::bigint
        """
    )

    private static let batches = Statement(
        "census_batches",
        """
        SELECT f.id, ''::text, f.committed_at FROM batches f
        WHERE f.org_id = $1 AND f.id > $2 AND $4::text = '' ORDER BY f.id LIMIT $3::bigint
        """
    )
}
