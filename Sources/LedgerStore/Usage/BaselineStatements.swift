internal import Postgres

/// The SQL of breakers that go by a baseline.
enum BaselineStatements {
    /// Whether anything was used since $2.
    static let isUsed = Statement(
        "baseline_is_used", "SELECT EXISTS (SELECT FROM usage_slices u WHERE u.org_id = $1 AND u.slice >= $2::timestamptz)")

    /// In [$2, $3).
    static let recent = Statement(
        "baseline_recent",
        """
        SELECT u.slice, u.tags, u.model, u.tool, u.tool_calls, u.cost, u.tokens FROM usage_slices u
        WHERE u.org_id = $1 AND u.slice >= $2::timestamptz AND u.slice < $3::timestamptz
        """
    )

    /// When a suspension of the subject $2, $3 was last lifted; NULL: never.
    static let lastLift = Statement(
        "baseline_last_lift",
        """
        SELECT max(l.lifted_at) FROM suspensions s JOIN suspension_lifts l ON l.org_id = $1 AND l.suspension_id = s.id
        WHERE s.org_id = $1 AND s.subject_type = $2 AND s.subject_id = $3
        """
    )

    /// Of the agent $4 in [$2, $3).
    static let ofAgent = Statement(
        "baseline_of_agent",
        """
        SELECT u.slice, u.tags, u.model, u.tool, u.tool_calls, u.cost, u.tokens FROM usage_slices u
        WHERE u.org_id = $1 AND u.agent_id = $4 AND u.slice >= $2::timestamptz AND u.slice < $3::timestamptz
        """
    )

    /// Of whoever has the value $4 of the tag $5, in [$2, $3).
    static let ofTag = Statement(
        "baseline_of_tag",
        """
        SELECT u.slice, u.tags, u.model, u.tool, u.tool_calls, u.cost, u.tokens FROM usage_slices u
        WHERE u.org_id = $1 AND u.tags ->> $5 = $4 AND u.slice >= $2::timestamptz AND u.slice < $3::timestamptz
        """
    )

    static let trip = Statement(
        "baseline_trip", "SELECT t.tripped_at, t.seen_at FROM baseline_trips t WHERE t.org_id = $1 AND t.id = $2")

    /// Affects nothing where another replica was first: if it was seen at another time than $6 (NULL: never).
    static let setTrip = Statement(
        "baseline_set_trip",
        """
        INSERT INTO baseline_trips (org_id, id, rule, tripped_at, seen_at)
        SELECT e.org_id, $2, $3, $4::timestamptz, $5::timestamptz FROM org_epochs e WHERE e.org_id = $1
        ON CONFLICT (org_id, id) DO UPDATE SET tripped_at = excluded.tripped_at, seen_at = excluded.seen_at
        WHERE baseline_trips.org_id = $1 AND baseline_trips.seen_at = $6::timestamptz
        """
    )
}
