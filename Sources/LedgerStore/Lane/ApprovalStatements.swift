internal import Postgres

/// The SQL by which a batch asks people, and takes their answers.
enum ApprovalStatements {
    /// What stands before the scopes $2.
    static let readGates = Statement(
        "gate_read",
        """
        SELECT f.* FROM unnest($2::uuid[]) AS k(scope)
        CROSS JOIN LATERAL (
            SELECT g.scope, g.approval_id, g.state FROM approval_gates g WHERE g.org_id = $1 AND g.scope = k.scope LIMIT 1
        ) f
        """
    )

    static let insertGates = Statement(
        "gate_insert",
        """
        INSERT INTO approval_gates (org_id, scope, approval_id, expires_at, remind_at)
        SELECT e.org_id, d.scope, d.approval_id, d.expires_at, d.remind_at
        FROM org_epochs e,
             unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) AS d(scope, approval_id, expires_at, remind_at)
        WHERE e.org_id = $1
        """
    )

    static let insert = Statement(
        "approval_insert",
        """
        INSERT INTO approvals (org_id, requested_at, id, scope, envelope, balance_id, meter, names, "values", window_start, window_end,
                               run_id, agent_id, user_id, key_id, requested, model, tool, tags, reason, expires_at)
        SELECT e.org_id, $2::timestamptz, d.id, d.scope, d.envelope, d.balance_id, d.meter, ($22::text[])[d.first:d.last],
               ($23::text[])[d.first:d.last], d.window_start, d.window_end, d.run_id, d.agent_id, d.user_id, d.key_id, d.requested, d.model,
               d.tool, d.tags, d.reason, d.expires_at
        FROM org_epochs e,
             unnest($3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::text[],
                    $11::text[], $12::text[], $13::uuid[], $14::bigint[], $15::text[], $16::text[], $17::jsonb[], $18::text[],
                    $19::timestamptz[], $20::int[], $21::int[])
             AS d(id, scope, envelope, balance_id, meter, window_start, window_end, run_id, agent_id, user_id, key_id, requested, model, tool,
                  tags, reason, expires_at, first, last)
        WHERE e.org_id = $1
        """
    )

    /// How the approvals $2 ended, what the keys $4 have granted to the scopes $3 so far, and when the last of their grants ends.
    static let readDecisions = Statement(
        "decision_read",
        """
        SELECT k.id, f.state, f.decided_by, f.decided_at,
               coalesce((SELECT sum(g.amount) FROM approval_decisions g
                         WHERE g.org_id = $1 AND g.scope = k.scope AND g.key_id = k.key_id), 0)::bigint,
               (SELECT max(g.grant_ends_at) FROM approval_decisions g WHERE g.org_id = $1 AND g.scope = k.scope)
        FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS k(id, scope, key_id)
        LEFT JOIN LATERAL (
            SELECT d.state, d.decided_by, d.decided_at FROM approval_decisions d WHERE d.org_id = $1 AND d.approval_id = k.id LIMIT 1
        ) f ON true
        """
    )

    static let insertDecisions = Statement(
        "decision_insert",
        """
        INSERT INTO approval_decisions (org_id, decided_at, approval_id, scope, state, amount, grant_ends_at, reason, decided_by, key_id)
        SELECT e.org_id, $2::timestamptz, d.approval_id, d.scope, d.state, d.amount, d.grant_ends_at, d.reason, d.decided_by, d.key_id
        FROM org_epochs e,
             unnest($3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::timestamptz[], $8::text[], $9::text[], $10::uuid[])
             AS d(approval_id, scope, state, amount, grant_ends_at, reason, decided_by, key_id)
        WHERE e.org_id = $1
        """
    )

    /// The gates $2 of the approvals $3 stay shut until $4.
    static let rejectGates = Statement(
        "gate_reject",
        """
        UPDATE approval_gates g SET state = 'rejected', expires_at = d.expires_at, remind_at = NULL
        FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) AS d(scope, approval_id, expires_at)
        WHERE g.org_id = $1 AND g.scope = d.scope AND g.approval_id = d.approval_id
        """
    )

    static let removeGates = Statement(
        "gate_remove",
        """
        DELETE FROM approval_gates g USING unnest($2::uuid[], $3::uuid[]) AS d(scope, approval_id)
        WHERE g.org_id = $1 AND g.scope = d.scope AND g.approval_id = d.approval_id
        """
    )
}
