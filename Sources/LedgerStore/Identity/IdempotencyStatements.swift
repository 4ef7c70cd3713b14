internal import Postgres

/// The SQL of idempotency keys for what is written outside the write lanes.
enum IdempotencyStatements {
    static let read = Statement(
        "idempotency_read", "SELECT i.fingerprint, i.fact_id FROM idempotency_keys i WHERE i.org_id = $1 AND i.key = $2")

    /// Whoever else is about to use the key is waited for; nothing is inserted where it was used.
    static let insert = Statement(
        "idempotency_insert",
        """
        INSERT INTO idempotency_keys (org_id, key, fingerprint, fact_id, created_at)
        SELECT e.org_id, $2::uuid, $3::uuid, $4::uuid, $5::timestamptz FROM org_epochs e WHERE e.org_id = $1 ON CONFLICT DO NOTHING
        """
    )
}
