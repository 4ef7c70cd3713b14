internal import Postgres

/// The SQL of the write lane. Every statement names its organisation; rows come from `unnest` arrays, and the arrays
/// of a single row are slices (`first` … `last`) of one flat array.
///
/// A plan is made once and kept, perhaps while a table is empty. So rows are looked up in a way that leaves the planner
/// no choice but the primary key, one probe a row: by `LATERAL` subqueries that cannot be flattened (`FOR UPDATE`,
/// `LIMIT`, `OFFSET 0`), by `ON CONFLICT`, or within a narrow range of ids.
enum LaneStatements {
    /// What a balance is locked and read by.
    static let balanceColumns = """
        b.id, b.limit_amount, b.held, b.spent, b.version, b.last_fact, b.changed_at, b.adjusted, b.next_expiry, b.alerted, b.route_tier,
        b.passed_at, b.suspended, b.granted, b.pardoned
        """

    /// $1 organisation. The clock is read after the locks are held, so that it never runs backwards within a balance. The
    /// last column is the database's own clock, also where a test clock stands still.
    static func epochAndClock(test: Bool) -> Statement {
        let now = test ? "(SELECT t.now FROM test_clock t WHERE t.id = 1)" : "clock_timestamp()"
        return Statement(
            test ? "lane_epoch_test" : "lane_epoch",
            """
            SELECT e.policy, e.prices, e.keys, e.guards, \(now), o.state = 'active', clock_timestamp()
            FROM org_epochs e JOIN orgs o ON o.org_id = e.org_id
            WHERE e.org_id = $1 AND o.org_id = $1
            """
        )
    }

    /// Balances that this lane has not seen yet; $7 and $8 are flat, a row has the slice `first` … `last` of each.
    static let insertBalances = Statement(
        "lane_insert_balances",
        """
        INSERT INTO balances (org_id, id, envelope, meter, rule, names, "values", window_start, window_end,
                              limit_amount, last_fact, changed_at)
        SELECT e.org_id, d.id, d.envelope, d.meter, d.rule,
               ($7::text[])[d.first:d.last], ($8::text[])[d.first:d.last], d.window_start, d.window_end,
               d.limit_amount, '00000000-0000-0000-0000-000000000000', $2::timestamptz
        FROM org_epochs e,
             unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $9::timestamptz[], $10::timestamptz[], $11::bigint[],
                    $12::int[], $13::int[])
             AS d(id, envelope, meter, rule, window_start, window_end, limit_amount, first, last)
        WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        """
    )

    /// Locks in the order of ids, the one order that all lanes share. $2 ids, sorted.
    static let lockBalances = Statement(
        "lane_lock_balances",
        """
        SELECT l.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT \(balanceColumns)
            FROM balances b WHERE b.org_id = $1 AND b.id = k.id FOR UPDATE
        ) l
        """
    )

    /// The same, with the balances of the holds $3, which were opened in [$4, $5).
    static let lockBalancesAndHolds = Statement(
        "lane_lock_balances_and_holds",
        """
        SELECT l.* FROM (
            SELECT u.id FROM (
                SELECT unnest($2::uuid[]) AS id
                UNION
                SELECT unnest(h.balances) FROM unnest($3::uuid[]) AS r(id)
                CROSS JOIN LATERAL (
                    SELECT r2.balances FROM reservations r2
                    WHERE r2.org_id = $1 AND r2.id = r.id AND r2.opened_at >= $4::timestamptz AND r2.opened_at < $5::timestamptz
                    LIMIT 1
                ) h
            ) u ORDER BY u.id
        ) k
        CROSS JOIN LATERAL (
            SELECT \(balanceColumns)
            FROM balances b WHERE b.org_id = $1 AND b.id = k.id FOR UPDATE
        ) l
        """
    )

    static let readIdempotencyKeys = Statement(
        "lane_read_idempotency_keys",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(key)
        CROSS JOIN LATERAL (
            SELECT i.key, i.fingerprint, i.fact_id FROM idempotency_keys i WHERE i.org_id = $1 AND i.key = k.key LIMIT 1
        ) f
        """
    )

    /// Locks the open ones among the holds $2, sorted, so that each ends once even where no balance guards it.
    static let lockOpenReservations = Statement(
        "lane_lock_open_reservations",
        """
        SELECT l.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT o.id, o.expires_at FROM open_reservations o WHERE o.org_id = $1 AND o.id = k.id FOR UPDATE
        ) l
        """
    )

    /// The holds $2, opened in [$3, $4).
    static let readHolds = Statement(
        "lane_read_holds",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT r.id, r.opened_at, r.model, r.tool, r.tags, r.cost, r.tokens, r.balances, r.amounts, r.shadow,
                   r.counters, r.state_hash IS NOT NULL, r.key_id
            FROM reservations r
            WHERE r.org_id = $1 AND r.id = k.id AND r.opened_at >= $3::timestamptz AND r.opened_at < $4::timestamptz
            LIMIT 1
        ) f
        """
    )

    static let readSettlements = Statement(
        "lane_read_settlements",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT s.reservation_id, s.kind, s.state, s.fingerprint, s.cost, s.tokens, s.model_calls, s.tool_calls, s.settled_at
            FROM settlements s
            WHERE s.org_id = $1 AND s.reservation_id = k.id AND s.opened_at >= $3::timestamptz AND s.opened_at < $4::timestamptz
            OFFSET 0
        ) f
        """
    )

    static let readIdentities = Statement(
        "lane_read_identities",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT b.id, b.envelope, b.meter, b.rule, b.names, b."values", b.window_start, b.window_end
            FROM balances b WHERE b.org_id = $1 AND b.id = k.id LIMIT 1
        ) f
        """
    )

    /// The balances are there and locked, so every row conflicts and is updated; what stands in the columns that are
    /// not set below is never inserted.
    static let updateBalances = Statement(
        "lane_update_balances",
        """
        INSERT INTO balances AS b (org_id, id, envelope, meter, rule, names, "values",
                                   limit_amount, held, spent, version, last_fact, changed_at)
        SELECT e.org_id, d.id, '', '', '', '{}', '{}', d.limit_amount, d.held, d.spent, d.version, d.last_fact, d.changed_at
        FROM org_epochs e,
             unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::uuid[], $8::timestamptz[])
             AS d(id, limit_amount, held, spent, version, last_fact, changed_at)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, id) DO UPDATE
        SET limit_amount = excluded.limit_amount, held = excluded.held, spent = excluded.spent, version = excluded.version,
            last_fact = excluded.last_fact, changed_at = excluded.changed_at
        """
    )

    static let insertReservations = Statement(
        "lane_insert_reservations",
        """
        INSERT INTO reservations (
            org_id, opened_at, policy_version, id, expires_at, key_id, requested_model, model, tool, tags,
            input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens, stated_cost,
            step, state_hash, cost, tokens, decision, reason, shadow,
            balances, amounts, versions, held, spent, limits, previous, counters)
        SELECT e.org_id, $2::timestamptz, $3::bigint, d.id, d.expires_at, d.key_id, d.requested_model, d.model, d.tool, d.tags,
               d.input_tokens, d.output_tokens, d.cached_input_tokens, d.cache_write_tokens, d.reasoning_tokens, d.stated_cost,
               d.step, d.state_hash, d.cost, d.tokens, d.decision, d.reason, d.shadow,
               ($26::uuid[])[d.first:d.last], ($27::bigint[])[d.first:d.last], ($28::bigint[])[d.first:d.last],
               ($29::bigint[])[d.first:d.last], ($30::bigint[])[d.first:d.last], ($31::bigint[])[d.first:d.last],
               ($32::uuid[])[d.first:d.last], nullif(($35::uuid[])[d.first_counter:d.last_counter], '{}')
        FROM org_epochs e,
             unnest($4::uuid[], $5::timestamptz[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::jsonb[],
                    $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[],
                    $17::bigint[], $18::text[], $19::bigint[], $20::bigint[], $21::text[], $22::text[], $23::jsonb[], $24::int[],
                    $25::int[], $33::int[], $34::int[])
             AS d(id, expires_at, key_id, requested_model, model, tool, tags,
                  input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens, stated_cost,
                  step, state_hash, cost, tokens, decision, reason, shadow, first, last, first_counter, last_counter)
        WHERE e.org_id = $1
        """
    )

    static let insertOpenReservations = Statement(
        "lane_insert_open_reservations",
        """
        INSERT INTO open_reservations (org_id, id, expires_at, cost, group_key)
        SELECT e.org_id, d.id, d.expires_at, d.cost, d.group_key
        FROM org_epochs e, unnest($2::uuid[], $3::timestamptz[], $4::bigint[], $5::bigint[]) AS d(id, expires_at, cost, group_key)
        WHERE e.org_id = $1
        """
    )

    static let insertIdempotencyKeys = Statement(
        "lane_insert_idempotency_keys",
        """
        INSERT INTO idempotency_keys (org_id, key, fingerprint, fact_id, created_at)
        SELECT e.org_id, d.key, d.fingerprint, d.fact_id, $2::timestamptz
        FROM org_epochs e, unnest($3::uuid[], $4::uuid[], $5::uuid[]) AS d(key, fingerprint, fact_id)
        WHERE e.org_id = $1
        """
    )

    /// $2 ids, between $3 and $4: ids of one batch lie close together in time.
    static let deleteOpenReservations = Statement(
        "lane_delete_open_reservations",
        "DELETE FROM open_reservations o WHERE o.org_id = $1 AND o.id = ANY($2::uuid[]) AND o.id >= $3::uuid AND o.id <= $4::uuid"
    )

    /// $2 ids, between $4 and $5; $3 their new ends.
    static let extendOpenReservations = Statement(
        "lane_extend_open_reservations",
        """
        UPDATE open_reservations o SET expires_at = d.expires_at
        FROM unnest($2::uuid[], $3::timestamptz[]) AS d(id, expires_at)
        WHERE o.org_id = $1 AND o.id = d.id AND o.id >= $4::uuid AND o.id <= $5::uuid
        """
    )

    static let insertSettlements = Statement(
        "lane_insert_settlements",
        """
        INSERT INTO settlements (
            org_id, settled_at, policy_version, reservation_id, kind, opened_at, state, key_id, fingerprint, model, tool, tags,
            input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens, stated_cost,
            usage_source, status, latency_ms, route_reason, state_hash, step, reason, shadow, cost, tokens, model_calls, tool_calls,
            balances, held_changes, charges, versions, held, spent, limits, previous)
        SELECT e.org_id, $2::timestamptz, $3::bigint, d.reservation_id, d.kind, d.opened_at, d.state, d.key_id, d.fingerprint,
               d.model, d.tool, d.tags,
               d.input_tokens, d.output_tokens, d.cached_input_tokens, d.cache_write_tokens, d.reasoning_tokens, d.stated_cost,
               d.usage_source, d.status, d.latency_ms, d.route_reason, d.state_hash, d.step, d.reason, d.shadow,
               d.cost, d.tokens, d.model_calls, d.tool_calls,
               ($33::uuid[])[d.first:d.last], ($34::bigint[])[d.first:d.last], ($35::bigint[])[d.first:d.last],
               ($36::bigint[])[d.first:d.last], ($37::bigint[])[d.first:d.last], ($38::bigint[])[d.first:d.last],
               ($39::bigint[])[d.first:d.last], ($40::uuid[])[d.first:d.last]
        FROM org_epochs e,
             unnest($4::uuid[], $5::text[], $6::timestamptz[], $7::text[], $8::uuid[], $9::uuid[], $10::text[], $11::text[],
                    $12::jsonb[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],
                    $19::text[], $20::text[], $21::bigint[], $22::text[], $23::text[], $24::bigint[], $25::text[],
                    $26::jsonb[], $27::bigint[], $28::bigint[], $29::bigint[], $30::bigint[], $31::int[], $32::int[])
             AS d(reservation_id, kind, opened_at, state, key_id, fingerprint, model, tool,
                  tags, input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens, stated_cost,
                  usage_source, status, latency_ms, route_reason, state_hash, step, reason, shadow,
                  cost, tokens, model_calls, tool_calls, first, last)
        WHERE e.org_id = $1
        """
    )

    static let insertRefusals = Statement(
        "lane_insert_refusals",
        """
        INSERT INTO refusals (org_id, refused_at, policy_version, id, key_id, problem, model, tool, tags, cost, tokens, step,
                              state_hash, verdicts, input_tokens, output_tokens, cached_input_tokens, cache_write_tokens,
                              reasoning_tokens, stated_cost)
        SELECT e.org_id, $2::timestamptz, $3::bigint, d.id, d.key_id, d.problem, d.model, d.tool, d.tags, d.cost, d.tokens, d.step,
               d.state_hash, d.verdicts, d.input_tokens, d.output_tokens, d.cached_input_tokens, d.cache_write_tokens,
               d.reasoning_tokens, d.stated_cost
        FROM org_epochs e,
             unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::bigint[], $11::bigint[],
                    $12::bigint[], $13::text[], $14::jsonb[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[],
                    $20::bigint[])
             AS d(id, key_id, problem, model, tool, tags, cost, tokens, step, state_hash, verdicts, input_tokens, output_tokens,
                  cached_input_tokens, cache_write_tokens, reasoning_tokens, stated_cost)
        WHERE e.org_id = $1
        """
    )

    static let countRefusals = Statement(
        "lane_count_refusals",
        """
        INSERT INTO refusal_counts (org_id, agent_id, minute, refused)
        SELECT e.org_id, d.agent_id, d.minute, d.refused
        FROM org_epochs e, unnest($2::text[], $3::timestamptz[], $4::bigint[]) AS d(agent_id, minute, refused)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, agent_id, minute) DO UPDATE SET refused = refusal_counts.refused + excluded.refused
        """
    )

    /// $13: the transaction has raised the epoch of the guards.
    static let insertBatch = Statement(
        "lane_insert_batch",
        """
        INSERT INTO batches (org_id, committed_at, policy_version, id, opened, settled, settled_kinds, refused, positions, adjusted,
                             decided, guards, raised)
        SELECT e.org_id, $2::timestamptz, $3::bigint, $4::uuid, $5::uuid[], $6::uuid[], $7::text[], $8::uuid[], $9::bigint[], $10::uuid[],
               $11::uuid[], $12::bigint, CASE WHEN $13::boolean THEN e.guards END
        FROM org_epochs e WHERE e.org_id = $1
        """
    )

    static let insertUnrolled = Statement(
        "lane_insert_unrolled",
        """
        INSERT INTO unrolled_batches (org_id, committed_at, batch_id, facts)
        SELECT e.org_id, $2::timestamptz, $3::uuid, $4::bigint FROM org_epochs e WHERE e.org_id = $1
        """
    )
}
