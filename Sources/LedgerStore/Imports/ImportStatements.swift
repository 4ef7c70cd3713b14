internal import Postgres

/// The SQL of imports.
enum ImportStatements {
    private static let columns = """
        i.id, i.name, i.format, i.author, p.state, p.lines, p.resumed, p.already_there, p.refused, p.passed_over, p.unpriced, p.taken, p.cost,
        p.tokens, p.first_at, p.last_at, p.ignored, p.failure, p.began_at, p.touched_at, p.finished_at
        """

    /// Whoever else is about to begin the same import is waited for.
    static let begin = Statement(
        "import_begin",
        """
        INSERT INTO imports (org_id, id, key, name, format, tags, author, created_at)
        SELECT e.org_id, $2::uuid, $3::uuid, $4::text, $5::text, $6::jsonb, $7::text, $8::timestamptz FROM org_epochs e WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        """
    )

    static let byKey = Statement("import_by_key", "SELECT i.id, i.format FROM imports i WHERE i.org_id = $1 AND i.key = $2")

    /// The next attempt of the import $2.
    static let attempt = Statement(
        "import_attempt",
        """
        INSERT INTO import_progress AS p (org_id, import_id, state, attempt, chunk, lines, resumed, already_there, refused, passed_over, unpriced,
                                          taken, cost, tokens, ignored, began_at, touched_at)
        SELECT e.org_id, $2::uuid, 'reading', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', $3::timestamptz, $3::timestamptz
        FROM org_epochs e WHERE e.org_id = $1
        ON CONFLICT (org_id, import_id) DO UPDATE
        SET state = 'reading', attempt = p.attempt + 1, chunk = 0, lines = 0, resumed = 0, already_there = 0, refused = 0, passed_over = 0,
            unpriced = 0, ignored = '{}', failure = NULL, began_at = excluded.began_at, touched_at = excluded.touched_at, finished_at = NULL
        RETURNING p.attempt
        """
    )

    static let forgetRefusals = Statement(
        "import_forget_refusals", "DELETE FROM import_refusals r WHERE r.org_id = $1 AND r.import_id = $2")

    static let lock = Statement(
        "import_lock",
        """
        SELECT p.attempt, p.chunk FROM import_progress p WHERE p.org_id = $1 AND p.import_id = $2 ORDER BY p.import_id FOR UPDATE
        """
    )

    /// Calls in the order of their ids, so that two imports never wait in a circle; those that are there stay as they are.
    static let insertCalls = Statement(
        "import_insert_calls",
        """
        INSERT INTO imported_calls (org_id, import_id, imported_at, id, line, at, model, tool, tags, run_key, input_tokens, output_tokens,
                                    cached_input_tokens, cache_write_tokens, reasoning_tokens, stated_cost, cost, tokens, status, latency_ms,
                                    state_hash)
        SELECT e.org_id, $2::uuid, $3::timestamptz, d.*
        FROM org_epochs e,
             unnest($4::uuid[], $5::bigint[], $6::timestamptz[], $7::text[], $8::text[], $9::jsonb[], $10::uuid[], $11::bigint[], $12::bigint[],
                    $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::text[], $20::bigint[],
                    $21::text[])
             AS d(id, line, at, model, tool, tags, run_key, input_tokens, output_tokens, cached_input_tokens, cache_write_tokens,
                  reasoning_tokens, stated_cost, cost, tokens, status, latency_ms, state_hash)
        WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        RETURNING id
        """
    )

    /// Whose the calls $2 are, as far as they are there, with the tags that they were sent with.
    static let known = Statement(
        "import_known",
        """
        SELECT f.id, f.import_id, f.line, f.tags FROM unnest($2::uuid[]) AS k(id)
        CROSS JOIN LATERAL (
            SELECT c.id, c.import_id, c.line, c.tags FROM imported_calls c WHERE c.org_id = $1 AND c.id = k.id LIMIT 1
        ) f
        """
    )

    static let insertBatch = Statement(
        "import_insert_batch",
        """
        INSERT INTO batches (org_id, committed_at, policy_version, id, opened, settled, settled_kinds, refused, positions, adjusted, decided,
                             guards, imported)
        SELECT e.org_id, $2::timestamptz, $3::bigint, $4::uuid, '{}', '{}', '{}', '{}', '{}', '{}', '{}', 0, $5::uuid[]
        FROM org_epochs e WHERE e.org_id = $1
        """
    )

    static let insertChunk = Statement(
        "import_insert_chunk",
        """
        INSERT INTO import_chunks (org_id, batch_id, committed_at, import_id, facts, first_at, last_at)
        SELECT e.org_id, $2::uuid, $3::timestamptz, $4::uuid, $5::bigint, $6::timestamptz, $7::timestamptz FROM org_epochs e WHERE e.org_id = $1
        """
    )

    static let insertRefusals = Statement(
        "import_insert_refusals",
        """
        INSERT INTO import_refusals (org_id, import_id, line, part, place, reason)
        SELECT e.org_id, $2::uuid, d.line, d.part, d.place, d.reason
        FROM org_epochs e, unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[]) AS d(line, part, place, reason) WHERE e.org_id = $1
        ON CONFLICT DO NOTHING
        """
    )

    /// Adds what a chunk counted; $4 … $14 the counts, $15 names that meant nothing.
    static let advance = Statement(
        "import_advance",
        """
        UPDATE import_progress SET chunk = chunk + 1, touched_at = $3::timestamptz, lines = lines + $4::bigint, resumed = resumed + $5::bigint,
               already_there = already_there + $6::bigint, refused = refused + $7::bigint, passed_over = passed_over + $8::bigint,
               unpriced = unpriced + $9::bigint, taken = taken + $10::bigint,
               cost = LEAST(cost::numeric + $11::bigint, 9223372036854775807)::bigint,
               tokens = LEAST(tokens::numeric + $12::bigint, 9223372036854775807)::bigint,
               first_at = LEAST(first_at, $13::timestamptz), last_at = GREATEST(last_at, $14::timestamptz), ignored = $15::text[]
        WHERE org_id = $1 AND import_id = $2
        """
    )

    /// Ends the attempt $3 of the import; nobody else's.
    static let end = Statement(
        "import_end",
        """
        UPDATE import_progress SET state = $4::text, failure = $5::text, touched_at = $6::timestamptz,
               finished_at = CASE WHEN $4::text = 'done' THEN $6::timestamptz END
        WHERE org_id = $1 AND import_id = $2 AND attempt = $3::bigint
        """
    )

    // MARK: - Reading

    /// $3/$4 tags that the import must be bound to.
    static let find = Statement(
        "import_find",
        """
        SELECT \(columns) FROM imports i JOIN import_progress p ON p.org_id = $1 AND p.import_id = i.id
        WHERE i.org_id = $1 AND i.id = $2 AND \(OutcomeStatements.isVisible(names: "$3", values: "$4", in: "i.tags"))
        """
    )

    /// Newest first, before $2, $3 at most; $4/$5 tags that the imports must be bound to.
    static let list = Statement(
        "import_list",
        """
        SELECT \(columns) FROM imports i JOIN import_progress p ON p.org_id = $1 AND p.import_id = i.id
        WHERE i.org_id = $1 AND i.id < $2 AND \(OutcomeStatements.isVisible(names: "$4", values: "$5", in: "i.tags"))
        ORDER BY i.id DESC LIMIT $3::bigint
        """
    )

    /// The refused lines after the line $3 and its part $4.
    static let refusals = Statement(
        "import_list_refusals",
        """
        SELECT r.line, r.part, r.place, r.reason FROM import_refusals r
        WHERE r.org_id = $1 AND r.import_id = $2 AND (r.line, r.part) > ($3::bigint, $4::bigint) ORDER BY r.line, r.part LIMIT $5::bigint
        """
    )
}
