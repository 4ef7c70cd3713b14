internal import Postgres

/// The SQL of results.
enum OutcomeStatements {
    private static let columns = """
        o.id, o.workflow_name, o.kind, o.count, o.value, o.quality, o.human_minutes, o.rework_minutes, o.run_ids, o.began_at, o.ended_at,
        o.recorded_at, o.author
        """

    static func isVisible(names: String, values: String, in tags: String) -> String {
        "NOT EXISTS (SELECT FROM unnest(\(names)::text[], \(values)::text[]) AS t(name, value) WHERE \(tags) ->> t.name IS DISTINCT FROM t.value)"
    }

    static let insert = Statement(
        "outcome_insert",
        """
        INSERT INTO outcomes (org_id, id, workflow_name, kind, count, value, quality, human_minutes, rework_minutes, run_ids, began_at, ended_at,
                              tags, recorded_at, author)
        SELECT e.org_id, $2::uuid, $3::text, $4::text, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::bigint, $10::text[],
               $11::timestamptz, $12::timestamptz, $13::jsonb, $14::timestamptz, $15::text
        FROM org_epochs e WHERE e.org_id = $1
        """
    )

    /// $3/$4 tags that it must have.
    static let find = Statement(
        "outcome_find",
        "SELECT \(columns) FROM outcomes o WHERE o.org_id = $1 AND o.id = $2 AND \(isVisible(names: "$3", values: "$4", in: "o.tags"))")

    /// $2 before this id, $3 how many, $4 workflow, $5 kind (NULL: any), $6/$7 tags that it must have.
    static let list = Statement(
        "outcome_list",
        """
        SELECT \(columns) FROM outcomes o
        WHERE o.org_id = $1 AND o.id < $2 AND ($4::text IS NULL OR o.workflow_name = $4::text) AND ($5::text IS NULL OR o.kind = $5::text)
          AND \(isVisible(names: "$6", values: "$7", in: "o.tags"))
        ORDER BY o.id DESC LIMIT $3::bigint
        """
    )

    /// The results that ended between the first and the last of the bounds $2, by workflow and by how many bounds came before; $3/$4 tags
    /// that they must have.
    static let sums = Statement(
        "outcome_sums",
        """
        SELECT o.workflow_name, width_bucket(o.ended_at, $2::timestamptz[]), \(clamped("o.count")), \(clamped("o.value")),
               \(clamped("o.quality::numeric * o.count")), \(clamped("CASE WHEN o.quality IS NOT NULL THEN o.count END")),
               \(clamped("o.human_minutes")), \(clamped("o.rework_minutes"))
        FROM outcomes o
        WHERE o.org_id = $1 AND o.ended_at >= ($2::timestamptz[])[1]
          AND o.ended_at < ($2::timestamptz[])[cardinality($2::timestamptz[])] AND \(isVisible(names: "$3", values: "$4", in: "o.tags"))
        GROUP BY 1, 2
        """
    )

    /// The versions of the policy from $2 to before $3, oldest first.
    static let policyVersions = Statement(
        "outcome_policy_versions",
        """
        SELECT v.version, v.message, v.created_at FROM policy_versions v
        WHERE v.org_id = $1 AND v.created_at >= $2::timestamptz AND v.created_at < $3::timestamptz ORDER BY v.version LIMIT 100
        """
    )

    /// NULL where there is nothing to add up: `least` alone would take the bound for it.
    private static func clamped(_ amount: String) -> String {
        "nullif(least(coalesce(sum(\(amount)), -1), 9223372036854775807), -1)::bigint"
    }
}
