/// Which events a key that is bound to tags is shown.
enum EventVisibility {
    /// A condition on `events v`; the names and values of the tags are the parameters that are named.
    ///
    /// An event that a call set off carries the call's tags, which must be those of the key. Of a balance what it is the
    /// balance of must not contradict them; and where it is of one run, session, agent or user, it must name one of them. A review
    /// is of the whole organisation.
    static func condition(names: String, values: String) -> String {
        let tags = "unnest(\(names)::text[], \(values)::text[]) AS t(name, value)"
        return """
            CASE WHEN v.data ? 'tags' THEN NOT EXISTS (SELECT FROM \(tags) WHERE v.data -> 'tags' ->> t.name IS DISTINCT FROM t.value)
            ELSE NOT EXISTS (SELECT FROM \(tags) WHERE v.data -> 'key' ->> t.name <> t.value)
              AND (cardinality(\(names)::text[]) = 0
                   OR NOT coalesce(v.kind LIKE 'suspension.%' OR v.kind LIKE 'review.%' OR v.data -> 'key' ?| ARRAY['run_id', 'session_id', 'agent_id', 'user_id'], false)
                   OR EXISTS (SELECT FROM \(tags) WHERE v.data -> 'key' ->> t.name = t.value)) END
            """
    }
}
