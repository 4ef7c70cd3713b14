internal import Postgres

/// The SQL of anomalies.
enum AnomalyStatements {
    private static let columns = """
        a.id, a.kind, a.agent_id, a.workflow_name, a.run_id, a.step_name, a.model, a.owner, a.playbook, a.action, a.suspension_id,
        a.observed, a.baseline, a.at_stake, a.message, a.detail, a.tags, a.found_at, c.outcome, c.reason, c.closed_at, c.closed_by
        """

    private static func isVisible(names: String, values: String) -> String {
        "NOT EXISTS (SELECT FROM unnest(\(names)::text[], \(values)::text[]) AS t(name, value) WHERE a.tags ->> t.name IS DISTINCT FROM t.value)"
    }

    /// $2 before this id, $3 how many, $4 state, $5 kind, $6 agent (NULL: any), $7/$8 tags that all its calls must have.
    static let list = Statement(
        "anomaly_list",
        """
        SELECT \(columns) FROM anomalies a LEFT JOIN anomaly_closures c ON c.org_id = $1 AND c.anomaly_id = a.id
        WHERE a.org_id = $1 AND a.id < $2 AND ($4::text IS NULL OR ($4::text = 'open') = (c.closed_at IS NULL))
          AND ($5::text IS NULL OR a.kind = $5::text) AND ($6::text IS NULL OR a.agent_id = $6::text)
          AND \(isVisible(names: "$7", values: "$8"))
        ORDER BY a.id DESC LIMIT $3::bigint
        """
    )

    /// A row where a call of the agent with the tags $2 since $3 came from a log.
    static let imported = Statement(
        "anomaly_imported",
        "SELECT FROM imported_calls i WHERE i.org_id = $1 AND i.at >= $3::timestamptz AND i.tags @> $2::jsonb LIMIT 1")

    static let find = Statement(
        "anomaly_find",
        """
        SELECT \(columns) FROM anomalies a LEFT JOIN anomaly_closures c ON c.org_id = $1 AND c.anomaly_id = a.id
        WHERE a.org_id = $1 AND a.id = $2 AND \(isVisible(names: "$3", values: "$4"))
        """
    )

    static let insert = Statement(
        "anomaly_insert",
        """
        INSERT INTO anomalies (org_id, id, kind, subject_id, agent_id, workflow_name, run_id, step_name, model, owner, playbook, action,
                               suspension_id, observed, baseline, at_stake, message, detail, tags, found_at)
        SELECT e.org_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::bigint, $15::bigint, $16::bigint, $17, $18::jsonb,
               $19::jsonb, $20::timestamptz
        FROM org_epochs e WHERE e.org_id = $1
        """
    )

    static let standing = Statement(
        "anomaly_standing",
        "SELECT o.kind, o.subject_id, o.anomaly_id, o.state, o.observed, o.seen_at FROM open_anomalies o WHERE o.org_id = $1")

    static let levels = Statement("anomaly_levels", "SELECT l.kind, l.subject_id, l.level FROM expected_levels l WHERE l.org_id = $1")

    /// Takes the place of one that was closed; none where there is an open one.
    static let open = Statement(
        "anomaly_open",
        """
        INSERT INTO open_anomalies AS o (org_id, kind, subject_id, anomaly_id, state, observed, seen_at)
        SELECT e.org_id, $2, $3, $4, 'open', $5::bigint, $6::timestamptz FROM org_epochs e WHERE e.org_id = $1
        ON CONFLICT (org_id, kind, subject_id) DO UPDATE
        SET anomaly_id = excluded.anomaly_id, state = 'open', observed = excluded.observed, seen_at = excluded.seen_at
        WHERE o.state = 'quiet'
        """
    )

    static let seen = Statement(
        "anomaly_seen", "UPDATE open_anomalies SET seen_at = $4::timestamptz WHERE org_id = $1 AND kind = $2 AND subject_id = $3")

    static let forget = Statement("anomaly_forget", "DELETE FROM open_anomalies WHERE org_id = $1 AND anomaly_id = $2")

    static let quieten = Statement(
        "anomaly_quieten", "UPDATE open_anomalies SET state = 'quiet' WHERE org_id = $1 AND anomaly_id = $2")

    static let close = Statement(
        "anomaly_close",
        """
        INSERT INTO anomaly_closures (org_id, anomaly_id, outcome, reason, closed_at, closed_by)
        SELECT e.org_id, $2, $3, $4, $5::timestamptz, $6 FROM org_epochs e WHERE e.org_id = $1 ON CONFLICT DO NOTHING
        """
    )

    /// The level of the anomaly $2.
    static let learn = Statement(
        "anomaly_learn",
        """
        INSERT INTO expected_levels (org_id, kind, subject_id, level, learned_at)
        SELECT e.org_id, a.kind, a.subject_id, a.observed, $3::timestamptz
        FROM org_epochs e JOIN anomalies a ON a.org_id = $1 AND a.id = $2 WHERE e.org_id = $1
        ON CONFLICT (org_id, kind, subject_id) DO UPDATE SET level = excluded.level, learned_at = excluded.learned_at
        """
    )
}
