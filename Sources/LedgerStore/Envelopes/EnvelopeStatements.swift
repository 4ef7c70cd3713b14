internal import Postgres

/// The SQL of what happened to envelopes.
enum EnvelopeStatements {
    static let freezes = Statement(
        "envelope_freezes",
        """
        SELECT z.kind, z.author, z.reason, z.made_at FROM envelope_freezes z
        WHERE z.org_id = $1 AND z.envelope = $2 AND ($3::timestamptz IS NULL OR z.made_at > $3::timestamptz)
          AND ($4::timestamptz IS NULL OR z.made_at <= $4::timestamptz)
        ORDER BY z.epoch DESC LIMIT 200
        """
    )

    static let adjustment = Statement(
        "envelope_adjustment",
        """
        SELECT b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end,
               a.amount, a.limits, a.held, a.spent, a.reason, a.author, a.made_at, a.expires_at
        FROM adjustments a JOIN balances b ON b.org_id = $1 AND b.id = a.balance_id
        WHERE a.org_id = $1 AND a.id = $2
        """
    )

    static let downgraded = Statement(
        "envelope_downgraded",
        """
        SELECT d.balance_id, d.tier, d.reason, d.since, d.window_end
        FROM downgraded_balances d JOIN balances b ON b.org_id = $1 AND b.id = d.balance_id
        WHERE d.org_id = $1 AND d.envelope = $2 AND (d.window_end IS NULL OR d.window_end > $3::timestamptz) AND b.rule = $4
          AND NOT EXISTS (SELECT FROM unnest($5::text[], $6::text[]) AS t(name, value)
                          WHERE b."values"[array_position(b.names, t.name)] <> t.value)
        ORDER BY d.since DESC LIMIT 200
        """
    )
}
