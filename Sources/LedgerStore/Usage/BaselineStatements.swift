internal import Postgres

/// The SQL of breakers that go by a baseline.
enum BaselineStatements {
    static let recent = Statement(
        "baseline_recent",
        """
        SELECT u.slice, u.tags, u.model, u.tool, u.tool_calls, u.cost, u.tokens FROM usage_slices u
        WHERE u.org_id = $1 AND u.slice >= $2::timestamptz
        """
    )

    /// Of the agent $2 in [$3, $4).
    static let ofAgent = Statement(
        "baseline_of_agent",
        """
        SELECT u.slice, u.tags, u.model, u.tool, u.tool_calls, u.cost, u.tokens FROM usage_slices u
        WHERE u.org_id = $1 AND u.agent_id = $2 AND u.slice >= $3::timestamptz AND u.slice < $4::timestamptz
        """
    )

    /// Of whoever has the value $2 of the tag $5, in [$3, $4).
    static let ofTag = Statement(
        "baseline_of_tag",
        """
        SELECT u.slice, u.tags, u.model, u.tool, u.tool_calls, u.cost, u.tokens FROM usage_slices u
        WHERE u.org_id = $1 AND u.tags ->> $5 = $2 AND u.slice >= $3::timestamptz AND u.slice < $4::timestamptz
        """
    )

    static let trip = Statement(
        "baseline_trip", "SELECT t.tripped_at, t.seen_at FROM baseline_trips t WHERE t.org_id = $1 AND t.id = $2")

    static let setTrip = Statement(
        "baseline_set_trip",
        """
        INSERT INTO baseline_trips (org_id, id, rule, tripped_at, seen_at)
        SELECT e.org_id, $2, $3, $4::timestamptz, $5::timestamptz FROM org_epochs e WHERE e.org_id = $1
        ON CONFLICT (org_id, id) DO UPDATE SET tripped_at = excluded.tripped_at, seen_at = excluded.seen_at
        """
    )
}
