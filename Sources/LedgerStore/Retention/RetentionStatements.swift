internal import Postgres

/// The SQL that removes what is kept for a limited time.
enum RetentionStatements {
    static let oldestIdempotencyKey = Statement(
        "retention_oldest_idempotency_key",
        "SELECT min(k.created_at) FROM idempotency_keys k WHERE k.org_id = $1 AND k.created_at < $2::timestamptz"
    )

    static let deleteIdempotencyKeys = Statement(
        "retention_delete_idempotency_keys",
        """
        DELETE FROM idempotency_keys x WHERE x.org_id = $1 AND x.key IN (
            SELECT k.key FROM idempotency_keys k
            WHERE k.org_id = $1 AND k.created_at >= $2::timestamptz AND k.created_at < $3::timestamptz
            ORDER BY k.created_at LIMIT $4::bigint
        )
        RETURNING x.created_at
        """
    )

    static let oldestSlice = Statement(
        "retention_oldest_slice", "SELECT min(u.slice) FROM usage_slices u WHERE u.org_id = $1 AND u.slice < $2::timestamptz")

    static let deleteSlices = Statement(
        "retention_delete_slices",
        """
        DELETE FROM usage_slices x WHERE x.org_id = $1 AND (x.slice, x.id) IN (
            SELECT u.slice, u.id FROM usage_slices u
            WHERE u.org_id = $1 AND u.slice >= $2::timestamptz AND u.slice < $3::timestamptz
            ORDER BY u.slice, u.id LIMIT $4::bigint
        )
        RETURNING x.slice
        """
    )

    static let oldestTrip = Statement(
        "retention_oldest_trip", "SELECT min(t.seen_at) FROM baseline_trips t WHERE t.org_id = $1 AND t.seen_at < $2::timestamptz")

    static let deleteTrips = Statement(
        "retention_delete_trips",
        """
        DELETE FROM baseline_trips x WHERE x.org_id = $1 AND x.id IN (
            SELECT t.id FROM baseline_trips t
            WHERE t.org_id = $1 AND t.seen_at >= $2::timestamptz AND t.seen_at < $3::timestamptz
            ORDER BY t.seen_at LIMIT $4::bigint
        )
        RETURNING x.seen_at
        """
    )
}
