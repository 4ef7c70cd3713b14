internal import Postgres

/// The SQL of sessions.
enum SessionStatements {
    static let insert = Statement(
        "session_insert",
        """
        INSERT INTO dashboard_sessions (org_id, digest, key_id, opened_at, seen_at, expires_at, person_name, person_role, person_tags,
            person_approve_up_to, person_identities)
        SELECT e.org_id, $2::bytea, $3::uuid, $4::timestamptz, $4::timestamptz, $5::timestamptz, $6::text, $7::text, $8::jsonb, $9::bigint, $10::text[]
        FROM org_epochs e WHERE e.org_id = $1
        """
    )

    /// $2 now, $3 asked for nothing since, $4 the key or person of which only the $5 latest stay.
    static let deleteOld = Statement(
        "session_delete_old",
        """
        DELETE FROM dashboard_sessions s
        WHERE s.org_id = $1 AND (s.expires_at <= $2::timestamptz OR s.seen_at <= $3::timestamptz OR s.key_id = $4::uuid AND s.digest IN (
            SELECT o.digest FROM dashboard_sessions o WHERE o.org_id = $1 AND o.key_id = $4::uuid
            ORDER BY o.opened_at DESC, o.digest OFFSET $5::bigint))
        """
    )

    static let find = Statement(
        "session_find",
        """
        SELECT s.key_id, s.seen_at, s.expires_at, s.person_name, s.person_role, s.person_tags, s.person_approve_up_to, s.person_identities
        FROM dashboard_sessions s WHERE s.org_id = $1 AND s.digest = $2::bytea
        """
    )

    static let see = Statement(
        "session_see",
        "UPDATE dashboard_sessions SET seen_at = $3::timestamptz WHERE org_id = $1 AND digest = $2::bytea AND seen_at < $3::timestamptz")

    static let delete = Statement("session_delete", "DELETE FROM dashboard_sessions WHERE org_id = $1 AND digest = $2::bytea")
}
