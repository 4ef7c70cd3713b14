extension Statement {
    static let migrationTable = Statement(
        "schema_migrations exists", "SELECT to_regclass('schema_migrations') IS NOT NULL")

    static let appliedMigrations = Statement(
        "schema_migrations read", "SELECT version, checksum, applied_at FROM schema_migrations")

    static let recordMigration = Statement(
        "schema_migrations write",
        """
        INSERT INTO schema_migrations (version, name, checksum, applied_at)
        VALUES ($1::int4, $2::text, encode(sha256($3::bytea), 'hex'), clock_timestamp())
        """)

    static let checksums = Statement(
        "schema_migrations checksums",
        """
        SELECT coalesce(array_agg(encode(sha256(m.text), 'hex') ORDER BY m.position), '{}')
        FROM unnest($1::bytea[]) WITH ORDINALITY AS m (text, position)
        """)
}
