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
}
