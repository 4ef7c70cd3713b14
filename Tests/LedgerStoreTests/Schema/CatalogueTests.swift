import Postgres
import TestSupport
import Testing

/// Enforces what DESIGN §6 and §11 ask of the tables, as far as the catalogue tells it.
@Suite("The catalogue keeps the rules for every table")
struct CatalogueTests {
    /// Tables of the installation, not of an organisation.
    private static let installationTables = ["scheduler_lease", "schedules", "schema_migrations", "test_clock"]

    private static let facts = [
        "adjustments", "alert_acknowledgements", "alert_clearances", "alert_details", "anomalies", "anomaly_closures", "approval_decisions",
        "approvals", "batches", "correction_parts", "corrections", "envelope_freezes", "events", "feed_entries", "import_chunks",
        "imported_calls", "imports", "outcomes", "policy_versions", "price_imports", "prices", "refusals", "reservations", "reviews",
        "route_trial_verdicts", "route_trials", "seals", "settlements", "suspension_lifts", "suspensions", "window_openings",
    ]

    private static let tables = """
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND c.relname NOT IN (\(installationTables.map { "'\($0)'" }.joined(separator: ", ")))
        """

    private static func texts(_ sql: String) async throws -> [String] {
        try await LedgerDatabase.with { try $0.texts(sql) }
    }

    @Test("every table of an organisation's has a primary key that begins with org_id, as has every unique index")
    func keys() async throws {
        let keyless = try await Self.texts(
            "SELECT c.relname::text \(Self.tables) AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)")
        #expect(keyless == [])
        let others = try await Self.texts(
            """
            SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indisunique AND a.attname <> 'org_id' AND i.indrelid IN (SELECT c.oid \(Self.tables))
            """)
        #expect(others == [])
        let count = try await Self.texts("SELECT count(*)::text \(Self.tables) AND NOT c.relispartition")
        #expect(count == ["\(Self.facts.count + 45)"], "a table was added: see whether it is a fact")
    }

    @Test("org_id is the first column of every table, a uuid, and never NULL")
    func firstColumn() async throws {
        let others = try await Self.texts(
            """
            SELECT c.relname::text \(Self.tables) AND NOT EXISTS (
                SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = 1 AND a.attname = 'org_id' AND a.attnotnull
                AND a.atttypid = 'uuid'::regtype)
            """)
        #expect(others == [])
    }

    @Test("a partitioned table's primary key ends with the time by which it is partitioned")
    func partitionKeys() async throws {
        let others = try await Self.texts(
            """
            SELECT p.partrelid::regclass::text FROM pg_partitioned_table p JOIN pg_index i ON i.indrelid = p.partrelid AND i.indisprimary
            WHERE p.partstrat <> 'r' OR p.partnatts <> 1 OR p.partattrs[0] <> i.indkey[i.indnkeyatts - 1]
            """)
        #expect(others == [])
        let partitioned = try await Self.texts("SELECT partrelid::regclass::text FROM pg_partitioned_table ORDER BY 1")
        #expect(partitioned == ["batches", "refusals", "reservations", "settlements"])
    }

    @Test("no triggers, sequences, enumerations, domains, views, functions, rules or foreign keys")
    func nothingElse() async throws {
        for (what, sql) in [
            ("trigger", "SELECT tgname::text FROM pg_trigger"),
            ("relation", "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'p', 'i', 'I')"),
            ("type", "SELECT typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype NOT IN ('c', 'b')"),
            ("base type", "SELECT typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'b' AND typcategory <> 'A'"),
            ("function", "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"),
            ("identity", "SELECT attname::text FROM pg_attribute WHERE attidentity <> ''"),
            ("generated", "SELECT attname::text FROM pg_attribute WHERE attgenerated <> ''"),
            ("rule", "SELECT rulename::text FROM pg_rules WHERE schemaname = 'public'"),
            ("foreign key", "SELECT conname::text FROM pg_constraint WHERE contype IN ('f', 't', 'x')"),
            ("extension", "SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql'"),
        ] {
            let found = try await Self.texts(sql)
            #expect(found == [], "\(what)")
        }
    }

    @Test("defaults are constants: ids, times and random values come in as parameters")
    func defaults() async throws {
        let found = try await Self.texts("SELECT DISTINCT pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1")
        #expect(found == ["''::text", "'\\x'::bytea", "'active'::text", "'pending'::text", "'{}'::bigint[]", "'{}'::uuid[]", "0"])
    }

    @Test("numbers are bigint, times timestamptz, texts text, documents jsonb; tokens of 32 bits and floating points are nowhere")
    func types() async throws {
        let found = try await Self.texts(
            """
            SELECT DISTINCT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
            WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (SELECT c.oid \(Self.tables)) ORDER BY 1
            """)
        #expect(found == ["bigint", "bigint[]", "bytea", "jsonb", "text", "text[]", "timestamp with time zone", "uuid", "uuid[]"])
    }

    @Test("what changes in a balance is in no index, and its pages have room, so that updates stay heap-only")
    func heapOnly() async throws {
        let indexed = try await Self.texts(
            """
            SELECT DISTINCT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
            WHERE i.indrelid = 'balances'::regclass ORDER BY 1
            """)
        #expect(indexed == ["envelope", "id", "org_id", "window_end"])
        let options = try await Self.texts("SELECT array_to_string(reloptions, ',') FROM pg_class WHERE relname = 'balances'")
        #expect(options == ["fillfactor=50"])
    }

    @Test("the service's role cannot log in, owns nothing, and may insert facts but never change them")
    func privileges() async throws {
        let role = try await Self.texts(
            "SELECT concat_ws(' ', rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls) FROM pg_roles WHERE rolname = 'purser_service'")
        #expect(role == ["f f f f f"])
        let owned = try await Self.texts("SELECT relname::text FROM pg_class WHERE relowner = 'purser_service'::regrole")
        #expect(owned == [])
        let granted = try await Self.texts(
            """
            SELECT c.relname || ' ' || array_to_string(ARRAY(
                SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p
                WHERE has_table_privilege('purser_service', c.oid, p)), ' ')
            FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
            """)
        #expect(
            granted == [
                "adjustments SELECT INSERT",
                "alert_acknowledgements SELECT INSERT",
                "alert_clearances SELECT INSERT",
                "alert_details SELECT INSERT",
                "alert_queue SELECT INSERT UPDATE DELETE",
                "anomalies SELECT INSERT",
                "anomaly_closures SELECT INSERT",
                "api_keys SELECT INSERT UPDATE",
                "approval_decisions SELECT INSERT",
                "approval_gates SELECT INSERT UPDATE DELETE",
                "approvals SELECT INSERT",
                "balances SELECT INSERT UPDATE DELETE",
                "baseline_trips SELECT INSERT UPDATE DELETE",
                "batches SELECT INSERT",
                "breaker_counters SELECT INSERT UPDATE DELETE",
                "corrected_calls SELECT INSERT UPDATE DELETE",
                "correction_parts SELECT INSERT",
                "correction_progress SELECT INSERT UPDATE DELETE",
                "corrections SELECT INSERT",
                "credit_chains SELECT INSERT UPDATE DELETE",
                "dashboard_sessions SELECT INSERT UPDATE DELETE",
                "deliveries SELECT INSERT UPDATE DELETE",
                "delivery_attempts SELECT INSERT DELETE",
                "delivery_cursors SELECT INSERT UPDATE DELETE",
                "downgraded_balances SELECT INSERT UPDATE DELETE",
                "envelope_freezes SELECT INSERT",
                "events SELECT INSERT",
                "expected_levels SELECT INSERT UPDATE DELETE",
                "expiring_adjustments SELECT INSERT UPDATE DELETE",
                "feed_entries SELECT INSERT",
                "feeds SELECT INSERT UPDATE DELETE",
                "idempotency_keys SELECT INSERT UPDATE DELETE",
                "import_chunks SELECT INSERT",
                "import_progress SELECT INSERT UPDATE",
                "import_refusals SELECT INSERT DELETE",
                "import_runs SELECT INSERT UPDATE",
                "import_usage SELECT INSERT UPDATE",
                "imported_calls SELECT INSERT",
                "imports SELECT INSERT",
                "open_alerts SELECT INSERT UPDATE DELETE",
                "open_anomalies SELECT INSERT UPDATE DELETE",
                "open_reservations SELECT INSERT UPDATE DELETE",
                "open_route_trials SELECT INSERT UPDATE DELETE",
                "open_suspensions SELECT INSERT DELETE",
                "org_epochs SELECT INSERT UPDATE",
                "orgs SELECT INSERT UPDATE",
                "outbox SELECT INSERT UPDATE DELETE",
                "outcomes SELECT INSERT",
                "policy_versions SELECT INSERT",
                "price_imports SELECT INSERT",
                "prices SELECT INSERT",
                "refusal_counts SELECT INSERT UPDATE DELETE",
                "refusals SELECT INSERT",
                "reservations SELECT INSERT",
                "reviews SELECT INSERT",
                "route_trial_verdicts SELECT INSERT",
                "route_trials SELECT INSERT",
                "run_usage SELECT INSERT UPDATE DELETE",
                "scheduler_lease SELECT INSERT UPDATE",
                "schedules SELECT INSERT UPDATE",
                "schema_migrations SELECT",
                "seal_heads SELECT INSERT UPDATE DELETE",
                "seals SELECT INSERT",
                "settlements SELECT INSERT",
                "suspension_lifts SELECT INSERT",
                "suspension_sweeps SELECT INSERT UPDATE",
                "suspensions SELECT INSERT",
                "test_clock SELECT INSERT UPDATE",
                "unrolled_batches SELECT INSERT UPDATE DELETE",
                "unsealed_batches SELECT INSERT UPDATE DELETE",
                "usage_daily SELECT INSERT UPDATE DELETE",
                "usage_days SELECT INSERT UPDATE DELETE",
                "usage_heads SELECT INSERT UPDATE DELETE",
                "usage_hourly SELECT INSERT UPDATE DELETE",
                "usage_hours SELECT INSERT UPDATE DELETE",
                "usage_keys SELECT INSERT UPDATE DELETE",
                "usage_slices SELECT INSERT UPDATE DELETE",
                "webhook_queues SELECT INSERT UPDATE DELETE",
                "webhooks SELECT INSERT UPDATE",
                "window_openings SELECT INSERT",
            ])
        let onPartitions = try await Self.texts(
            """
            SELECT c.relname::text FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' AND (
                has_table_privilege('purser_service', c.oid, 'UPDATE') OR has_table_privilege('purser_service', c.oid, 'DELETE')
                OR has_table_privilege('purser_service', c.oid, 'TRUNCATE'))
            """)
        #expect(onPartitions == [])
        #expect(try await Self.texts("SELECT has_schema_privilege('purser_service', 'public', 'CREATE')::text") == ["false"])
        let columns = try await Self.texts("SELECT attrelid::regclass::text FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid >= 16384")
        #expect(columns == [])
    }

    @Test("changing a fact as the service is refused by the server itself", arguments: facts)
    func changingFacts(table: String) async throws {
        try await LedgerDatabase.with { database in
            let session = try database.service()
            defer { session.close() }
            for sql in [
                "UPDATE \(table) SET org_id = org_id", "DELETE FROM \(table)", "TRUNCATE \(table)", "DROP TABLE \(table)",
                "ALTER TABLE \(table) ADD x int",
            ] {
                let error = #expect(throws: PostgresError.self, "\(sql)") { try session.run(sql) }
                #expect(error?.sqlState == .insufficientPrivilege, "\(sql)")
            }
            #expect(throws: Never.self) { try session.run("SELECT count(*) FROM \(table)") }
        }
    }

    @Test("a copy of the migrated database is one: roles, partitions and migrations are there")
    func templateCopy() async throws {
        try await LedgerDatabase.with { database in
            let session = try database.service()
            defer { session.close() }
            #expect(try session.execute(Statement("role", "SELECT current_user::text")).text(0, 0) == "purser_service")
            #expect(try database.number("SELECT count(*) FROM schema_migrations") == 23)
            #expect(
                try database.number("SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relname LIKE '%2026\\_11'") == 4
            )
        }
    }
}
