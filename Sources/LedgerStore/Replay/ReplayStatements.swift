internal import Ledger
internal import Postgres

/// The pages that a replay reads, each a transaction of its own. Facts are found by the ids that batches name, one probe
/// of the primary key each.
enum ReplayStatements {
    /// The batches from $2 to before $3 that come after $4.
    static let batches = Statement(
        "replay_batches",
        """
        SELECT b.id, b.committed_at, b.opened, b.settled, b.settled_kinds, b.refused, b.adjusted, b.positions, b.decided, b.guards,
               b.raised
        FROM batches b
        WHERE b.org_id = $1 AND b.committed_at >= $2::timestamptz AND b.committed_at < $3::timestamptz AND b.id > $4
        ORDER BY b.id LIMIT $5::bigint
        """
    )

    /// Whether there were batches before $2.
    static let earlier = Statement(
        "replay_earlier", "SELECT EXISTS (SELECT FROM batches b WHERE b.org_id = $1 AND b.committed_at < $2::timestamptz)")

    /// $3, $4: the months in which the holds $2 were opened.
    static let reservations = Statement(
        "replay_reservations",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT r.id, r.key_id, r.tags, r.requested_model, r.tool, r.input_tokens, r.output_tokens, r.cached_input_tokens,
                   r.cache_write_tokens, r.reasoning_tokens, r.stated_cost, r.decision, r.model, r.cost, r.tokens, r.balances, r.versions,
                   r.state_hash
            FROM reservations r
            WHERE r.org_id = $1 AND r.id = k.id AND r.opened_at >= $3::timestamptz AND r.opened_at < $4::timestamptz
            LIMIT 1
        ) f
        """
    )

    /// Of the holds $2 the settlement of the kind $5.
    static let settlements = Statement(
        "replay_settlements",
        """
        SELECT f.* FROM unnest($2::uuid[], $5::text[]) AS k(id, kind)
        CROSS JOIN LATERAL (
            SELECT s.reservation_id, s.kind, s.tags, s.model, s.tool, s.input_tokens, s.output_tokens, s.cached_input_tokens,
                   s.cache_write_tokens, s.reasoning_tokens, s.state, s.cost, s.tokens, s.model_calls, s.tool_calls, s.balances,
                   s.held_changes, s.charges, s.versions, s.status, s.state_hash, s.key_id
            FROM settlements s
            WHERE s.org_id = $1 AND s.reservation_id = k.id AND s.kind = k.kind AND s.opened_at >= $3::timestamptz
              AND s.opened_at < $4::timestamptz
            LIMIT 1
        ) f
        """
    )

    static let refusals = Statement(
        "replay_refusals",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT r.id, r.key_id, r.tags, r.model, r.tool, r.input_tokens, r.output_tokens, r.cached_input_tokens, r.cache_write_tokens,
                   r.reasoning_tokens, r.stated_cost, r.problem, r.verdicts, r.state_hash
            FROM refusals r
            WHERE r.org_id = $1 AND r.id = k.id AND r.refused_at >= $3::timestamptz AND r.refused_at < $4::timestamptz
            LIMIT 1
        ) f
        """
    )

    /// Of the approvals $2 those that a person rejected.
    static let rejections = Statement(
        "replay_rejections",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT d.approval_id, d.scope FROM approval_decisions d
            WHERE d.org_id = $1 AND d.approval_id = k.id AND d.state = 'rejected' LIMIT 1
        ) f
        """
    )

    static let adjustments = Statement(
        "replay_adjustments",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT a.id, a.kind, a.balance_id, a.amount, a.expires_at, a.source, a.reason, a.author, a.version
            FROM adjustments a WHERE a.org_id = $1 AND a.id = k.id LIMIT 1
        ) f
        """
    )

    /// The entries of the holds $2 whose balance was last changed before the id $5.
    static let startsOfHolds = Statement(
        "replay_starts_of_holds",
        """
        SELECT e.balance, e.version, e.held - e.amount, e.spent, e.limits
        FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT r.balances, r.amounts, r.versions, r.held, r.spent, r.limits, r.previous FROM reservations r
            WHERE r.org_id = $1 AND r.id = k.id AND r.opened_at >= $3::timestamptz AND r.opened_at < $4::timestamptz
            LIMIT 1
        ) f
        CROSS JOIN LATERAL unnest(f.balances, f.amounts, f.versions, f.held, f.spent, f.limits, f.previous)
            AS e(balance, amount, version, held, spent, limits, previous)
        WHERE e.previous < $5 AND e.version > 1
        """
    )

    /// The same of the settlements of $2 with the kinds $6.
    static let startsOfSettlements = Statement(
        "replay_starts_of_settlements",
        """
        SELECT e.balance, e.version, e.held - e.held_change, e.spent - e.charge, e.limits
        FROM unnest($2::uuid[], $6::text[]) AS k(id, kind)
        CROSS JOIN LATERAL (
            SELECT s.balances, s.held_changes, s.charges, s.versions, s.held, s.spent, s.limits, s.previous FROM settlements s
            WHERE s.org_id = $1 AND s.reservation_id = k.id AND s.kind = k.kind AND s.opened_at >= $3::timestamptz
              AND s.opened_at < $4::timestamptz
            LIMIT 1
        ) f
        CROSS JOIN LATERAL unnest(f.balances, f.held_changes, f.charges, f.versions, f.held, f.spent, f.limits, f.previous)
            AS e(balance, held_change, charge, version, held, spent, limits, previous)
        WHERE e.previous < $5 AND e.version > 1
        """
    )

    /// The same of the adjustments $2.
    static let startsOfAdjustments = Statement(
        "replay_starts_of_adjustments",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT a.balance_id, a.version, a.held, a.spent, greatest(a.limits - a.amount, 0) FROM adjustments a
            WHERE a.org_id = $1 AND a.id = k.id AND a.previous < $3 AND a.version > 1 LIMIT 1
        ) f
        """
    )

    /// The balances $2 as they are now, and what adjustments since the id $3 added to their limits.
    static let balances = Statement(
        "replay_balances",
        """
        SELECT f.*, coalesce(j.amount, 0)::bigint FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end, b.limit_amount, b.held, b.spent,
                   b.version, b.changed_at, b.adjusted, b.passed_at
            FROM balances b WHERE b.org_id = $1 AND b.id = k.id LIMIT 1
        ) f
        LEFT JOIN (
            SELECT a.balance_id, sum(a.amount) AS amount FROM adjustments a
            WHERE a.org_id = $1 AND a.id >= $3 AND a.balance_id = ANY($2::uuid[]) GROUP BY a.balance_id
        ) j ON j.balance_id = f.id
        """
    )

    /// Events before the id $2, after $3: what switched routes, and what suspended and was not lifted before $6.
    static let marks = Statement(
        "replay_marks",
        """
        SELECT v.id, v.kind, v.balance_id, v.data ->> 'tier', (v.data ->> 'at')::bigint, v.made_at FROM events v
        WHERE v.org_id = $1 AND v.kind = ANY($4::text[]) AND v.id < $2 AND v.id > $3 AND v.balance_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM suspension_lifts l
                          WHERE l.org_id = $1 AND v.kind = 'suspension.opened' AND l.suspension_id = (v.data ->> 'related_id')::uuid
                            AND l.lifted_at < $6::timestamptz)
        ORDER BY v.id LIMIT $5::bigint
        """
    )

    /// What plans suspended before $2 and nobody had lifted by then.
    static let suspensions = Statement(
        "replay_suspensions",
        """
        SELECT s.id, s.subject_type, s.subject_id, s.rule, s.reason, s.opened_at, s.balance_id FROM suspensions s
        WHERE s.org_id = $1 AND s.opened_by = 'policy' AND s.rule IS NOT NULL AND s.opened_at < $2::timestamptz
          AND NOT EXISTS (SELECT FROM suspension_lifts l
                          WHERE l.org_id = $1 AND l.suspension_id = s.id AND l.lifted_at < $2::timestamptz)
        ORDER BY s.id
        """
    )

    /// What balances had spent when what their plans suspended was last lifted, before $2.
    static let pardons = Statement(
        "replay_pardons",
        """
        SELECT s.balance_id, max(l.spent) FROM suspension_lifts l JOIN suspensions s ON s.org_id = $1 AND s.id = l.suspension_id
        WHERE l.org_id = $1 AND l.lifted_at < $2::timestamptz AND l.spent IS NOT NULL GROUP BY s.balance_id
        """
    )

    /// What was lifted from $2 to before $3, in the order of the guards' epochs.
    static let lifts = Statement(
        "replay_lifts",
        """
        SELECT l.epoch, l.lifted_at, s.subject_type, s.subject_id, l.allow_steps
        FROM suspension_lifts l JOIN suspensions s ON s.org_id = $1 AND s.id = l.suspension_id
        WHERE l.org_id = $1 AND l.lifted_at >= $2::timestamptz AND l.lifted_at < $3::timestamptz
        ORDER BY l.epoch
        """
    )

    /// Which of the suspensions $2 plans opened, or breakers but those named $3.
    static let openedByPlans = Statement(
        "replay_opened_by_plans",
        """
        SELECT s.id FROM suspensions s
        WHERE s.org_id = $1 AND s.id = ANY($2::uuid[]) AND s.opened_by = 'policy' AND s.rule IS NOT NULL AND s.rule <> ALL($3::text[])
        """
    )

    /// Refusals that were only counted, from $2 to before $3.
    static let counted = Statement(
        "replay_counted",
        """
        SELECT coalesce(sum(c.refused), 0)::bigint FROM refusal_counts c
        WHERE c.org_id = $1 AND c.minute >= $2::timestamptz AND c.minute < $3::timestamptz
        """
    )

    /// Organisation, ids, and the months that they name.
    static func byMonth(_ ids: [Identifier], _ organisation: Identifier) -> Parameters {
        let (start, end) = Partitions.months(of: ids)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ids)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        parameters.timestamp(microsecondsSince1970: end.microseconds)
        return parameters
    }

    static func byID(_ ids: some Collection<Identifier>, _ organisation: Identifier) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ids)
        return parameters
    }
}
