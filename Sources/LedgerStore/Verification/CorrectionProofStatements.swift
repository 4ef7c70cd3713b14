internal import Postgres

/// The SQL that a verification of corrections reads.
enum CorrectionProofStatements {
    /// How many calls the facts of corrections name, and how many are known.
    static let totals = Statement(
        "verify_corrected_totals",
        """
        SELECT (SELECT coalesce(sum(cardinality(p.calls)), 0)::bigint FROM correction_parts p WHERE p.org_id = $1),
               (SELECT count(*) FROM corrected_calls c WHERE c.org_id = $1)
        """
    )

    /// The next $3 parts after $2: the correction's number, and how many of the calls are not known.
    static let missing = Statement(
        "verify_corrected_calls",
        """
        SELECT p.id, p.number, (
            SELECT count(*) FROM unnest(p.calls) AS k(id)
            WHERE NOT EXISTS (SELECT FROM corrected_calls c WHERE c.org_id = $1 AND c.call_id = k.id AND c.number = p.number)
        )
        FROM (SELECT x.* FROM correction_parts x WHERE x.org_id = $1 AND x.id > $2 ORDER BY x.id LIMIT $3::bigint) p
        ORDER BY p.id
        """
    )

    /// One call of each of the latest $2 parts.
    static let corrected = Statement(
        "verify_corrected_latest",
        "SELECT p.calls[1] FROM correction_parts p WHERE p.org_id = $1 ORDER BY p.id DESC LIMIT $2::bigint"
    )

    static let hour = Statement(
        "verify_usage_hour",
        """
        SELECT u.tags, u.model, u.tool, u.calls, u.tool_calls, u.failed, u.empty, u.unused, u.cost, u.tokens, u.input_tokens, u.cached_tokens,
               u.output_tokens, u.reasoning_tokens, u.latency_ms, u.timed
        FROM usage_hourly u WHERE u.org_id = $1 AND u.hour = $2::timestamptz
        """
    )

    /// The next $5 imported calls after $4 of those made in [$2, $3).
    static let imported = Statement(
        "verify_imported_hour",
        """
        SELECT \(CorrectionStatements.importedColumns) FROM imported_calls c
        WHERE c.org_id = $1 AND c.at >= $2::timestamptz AND c.at < $3::timestamptz AND c.id > $4 ORDER BY c.id LIMIT $5::bigint
        """
    )
}
