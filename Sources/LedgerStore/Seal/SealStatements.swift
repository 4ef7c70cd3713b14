internal import Postgres

/// The SQL of the chain itself.
enum SealStatements {
    private static let entryColumns = "s.position, s.source, s.key, s.made_at, s.facts, s.marks, s.digest, s.chain, s.sealed_at"

    /// Across organisations, without locks: only to find who has something to seal, or was not looked through since $1.
    static let due = Statement(
        "seal_due",
        """
        SELECT o.org_id FROM orgs o LEFT JOIN seal_heads h ON h.org_id = o.org_id
        WHERE h.looked_at IS NULL OR h.looked_at <= $1::timestamptz
           OR EXISTS (SELECT FROM unsealed_batches u WHERE u.org_id = o.org_id)
        ORDER BY o.org_id
        """
    )

    static let head = Statement(
        "seal_head", "SELECT h.position, h.chain, h.sealed_at, h.prices, h.feed, h.looked_at, h.sources FROM seal_heads h WHERE h.org_id = $1")

    static let lock = Statement(
        "seal_lock",
        """
        SELECT h.position, h.chain, h.sealed_at, h.prices, h.feed, h.looked_at, h.sources FROM seal_heads h
        WHERE h.org_id = $1 ORDER BY h.org_id FOR UPDATE
        """
    )

    static let begin = Statement(
        "seal_begin",
        """
        INSERT INTO seal_heads (org_id, chain, sealed_at, sources)
        SELECT e.org_id, $2::bytea, $3::timestamptz, '{}' FROM org_epochs e WHERE e.org_id = $1 ON CONFLICT DO NOTHING
        """
    )

    static let advance = Statement(
        "seal_advance",
        """
        UPDATE seal_heads h SET position = $2::bigint, chain = $3::bytea, sealed_at = $4::timestamptz, prices = $5::bigint, feed = $6::bigint,
               looked_at = $7::timestamptz, sources = $8::text[]
        WHERE h.org_id = $1
        """
    )

    static let waiting = Statement(
        "seal_waiting",
        """
        SELECT u.batch_id, u.committed_at, u.facts FROM unsealed_batches u WHERE u.org_id = $1 AND u.batch_id > $3
        ORDER BY u.batch_id LIMIT $2::bigint
        """
    )

    /// $2 ids, from $3 to $4.
    static let forget = Statement(
        "seal_forget", "DELETE FROM unsealed_batches u WHERE u.org_id = $1 AND u.batch_id = ANY($2::uuid[]) AND u.batch_id >= $3 AND u.batch_id <= $4"
    )

    static let insert = Statement(
        "seal_insert",
        """
        INSERT INTO seals (org_id, sealed_at, position, source, key, made_at, facts, marks, digest, chain)
        SELECT e.org_id, $2::timestamptz, d.position, d.source, d.key, d.made_at, d.facts, d.marks, d.digest, d.chain
        FROM org_epochs e,
             unnest($3::bigint[], $4::text[], $5::uuid[], $6::timestamptz[], $7::bigint[], $8::bytea[], $9::bytea[], $10::bytea[])
             AS d(position, source, key, made_at, facts, marks, digest, chain)
        WHERE e.org_id = $1
        """
    )

    /// What the prices and the feed have come to, and what the ledger's clock says by the database.
    static let limits = Statement(
        "seal_limits",
        """
        SELECT e.prices, coalesce((SELECT f.last_position FROM feeds f WHERE f.org_id = $1), 0) FROM org_epochs e WHERE e.org_id = $1
        """
    )

    /// In the transaction of the batch itself.
    static let insertUnsealed = Statement(
        "lane_insert_unsealed",
        """
        INSERT INTO unsealed_batches (org_id, committed_at, batch_id, facts)
        SELECT e.org_id, $2::timestamptz, $3::uuid, $4::bigint FROM org_epochs e WHERE e.org_id = $1
        """
    )

    static let entries = Statement(
        "seal_entries", "SELECT \(entryColumns) FROM seals s WHERE s.org_id = $1 AND s.position > $2::bigint ORDER BY s.position LIMIT $3::bigint")

    static let last = Statement(
        "seal_last", "SELECT \(entryColumns) FROM seals s WHERE s.org_id = $1 ORDER BY s.position DESC LIMIT 1")

    /// The last entry that was sealed before $2.
    static let lastBefore = Statement(
        "seal_last_before",
        """
        SELECT \(entryColumns) FROM seals s WHERE s.org_id = $1 AND s.sealed_at < $2::timestamptz ORDER BY s.sealed_at DESC, s.position DESC LIMIT 1
        """
    )

    /// The partitions that are attached, of all organisations.
    static let partitions = Statement(
        "seal_partitions",
        """
        SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
        WHERE p.relname = ANY($1::text[]) AND p.relnamespace = 'public'::regnamespace
        """
    )
}
