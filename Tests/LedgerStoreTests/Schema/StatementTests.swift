import Foundation
import Testing

/// Enforces what DESIGN §11 asks of the SQL, by reading the sources: whatever statement is added is found.
@Suite("The SQL keeps the rules of DESIGN §11")
struct StatementTests {
    private struct Found: CustomTestStringConvertible, Sendable {
        let file: String
        let name: String
        let sql: String

        var testDescription: String { "\(file): \(name)" }

        /// Tables that belong to an organisation, with the name by which the statement calls each.
        var tables: [(table: String, alias: String)] {
            let names = StatementTests.organisationTables.joined(separator: "|")
            guard
                let regex = try? Regex(
                    "\\b(?:FROM|JOIN|UPDATE|INTO)\\s+(\(names))\\b(?:\\s+(?:AS\\s+)?(\\w+))?", as: (Substring, Substring, Substring?).self)
            else { return [] }
            return sql.matches(of: regex).map { match in
                let next = match.output.2.map(String.init) ?? ""
                let isAlias = !next.isEmpty && next != next.uppercased()
                return (String(match.output.1), isAlias ? next : "")
            }
        }
    }

    fileprivate static let organisationTables = [
        "alert_acknowledgements", "alert_clearances", "alert_details", "alert_queue", "anomalies", "anomaly_closures", "api_keys", "balances",
        "baseline_trips", "batches", "breaker_counters", "corrected_calls", "correction_parts", "correction_progress", "corrections",
        "dashboard_sessions", "deliveries", "delivery_attempts", "delivery_cursors", "events", "expected_levels", "feed_entries", "feeds",
        "idempotency_keys", "import_chunks", "import_progress", "import_refusals", "import_runs", "import_usage", "imported_calls", "imports",
        "open_alerts", "open_anomalies", "open_reservations", "open_route_trials", "open_suspensions", "org_epochs", "orgs", "outbox",
        "outcomes", "policy_versions", "price_imports", "prices", "refusal_counts", "refusals", "reservations", "reviews",
        "route_trial_verdicts", "route_trials", "run_usage", "seal_heads", "seals", "settlements", "suspension_lifts", "suspension_sweeps",
        "suspensions", "unrolled_batches", "unsealed_batches", "usage_daily", "usage_days", "usage_heads", "usage_hourly", "usage_hours",
        "usage_keys", "usage_slices", "webhook_queues", "webhooks", "window_openings",
    ]

    /// Across organisations, without locks, and only to find candidates (rule 5), or to list the organisations themselves.
    private static let acrossOrganisations = [
        "alert_clearable", "alert_due", "correction_due", "delivery_behind", "delivery_due", "delivery_due_count", "feed_due", "feed_positions",
        "figures_approvals",
        "figures_deliveries", "figures_holds", "figures_outbox", "holds_due", "org_list", "seal_due", "sweep_due", "sweep_waiting", "usage_due",
    ]

    private static let statements: [Found] = {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Sources/LedgerStore").standardizedFileURL.resolvingSymlinksInPath()
        var found: [Found] = []
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        for file in files where file.pathExtension == "swift" {
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
            let pattern = #/Statement\(\s*(?<name>[^"\n]*"\w+"[^,\n]*),\s*(?:"""(?<block>.*?)"""|"(?<line>[^\n]*?)"\s*\))/#.dotMatchesNewlines()
            for match in text.matches(of: pattern) {
                found.append(
                    Found(
                        file: file.lastPathComponent,
                        name: match.output.name.split(separator: "\"").last { !$0.contains(" ") }.map(String.init) ?? "",
                        sql: String(match.output.block ?? match.output.line ?? "")))
            }
        }
        return found.sorted { ($0.file, $0.name) < ($1.file, $1.name) }
    }()

    @Test("the sources are found, and every statement in them")
    func complete() throws {
        #expect(Self.statements.count > 40)
        #expect(Self.statements.count { $0.file == "LaneStatements.swift" } > 15)
        #expect(Set(Self.statements.map(\.name)).count == Self.statements.count, "one name for two statements")
        for statement in Self.statements { #expect(!statement.sql.isEmpty, "\(statement.testDescription)") }
    }

    @Test("every statement of the write lane names its organisation", arguments: statements.filter { $0.file == "LaneStatements.swift" })
    private func laneStatement(statement: Found) {
        #expect(statement.sql.contains("org_id = $1"))
    }

    @Test("org_id = $1 stands for every table that a statement reads or changes, and first in every insert", arguments: statements)
    private func organisation(statement: Found) {
        if Self.acrossOrganisations.contains(statement.name) {
            #expect(!statement.sql.contains("FOR UPDATE"))
            return
        }
        for (table, alias) in statement.tables {
            if statement.sql.contains("INSERT INTO \(table)") {
                let columns = statement.sql.firstRange(of: "(").map { statement.sql[$0.upperBound...].prefix { $0 != "," && $0 != ")" } } ?? ""
                #expect(columns.trimmingCharacters(in: .whitespacesAndNewlines) == "org_id", "INSERT INTO \(table)")
                #expect(statement.sql.contains("SELECT e.org_id") || statement.sql.contains("VALUES ($1"), "INSERT INTO \(table)")
                continue
            }
            let condition = alias.isEmpty ? "org_id = $1" : "\(alias).org_id = $1"
            #expect(statement.sql.contains(condition), "\(table) as '\(alias)'")
        }
    }

    @Test("nothing that one organisation's shard cannot do alone, and nothing that only a session remembers", arguments: statements)
    private func forbidden(statement: Found) {
        let sql = statement.sql.lowercased()
        for word in [
            "merge ", "advisory", "notify", "listen", "lock_timeout", "nextval", "force_generic_plan", "random()", "gen_random_uuid", "now()",
            "current_timestamp", "current_date", "statement_timestamp", "lock table", "serializable",
        ] where !sql.contains("clock_timestamp()") || word != "now()" {
            #expect(!sql.contains(word), "\(word)")
        }
        // The clock is read, never written into an organisation's rows.
        if sql.contains("clock_timestamp()") { #expect(statement.file == "TestClock.swift" || !sql.contains("update") && !sql.contains("insert")) }
        #expect(sql.matches(of: #/insert into/#).count <= 1, "two inserts chained")
    }

    @Test("locks are taken row by row in the order of ids, or one row at a time", arguments: statements.filter { $0.sql.contains("FOR UPDATE") })
    private func locks(statement: Found) {
        let isOrdered = statement.sql.contains("ORDER BY") || statement.sql.contains("FROM unnest($2::uuid[]) AS k(id)\n")
        let isSingle = statement.sql.contains("WHERE b.org_id = $1 AND b.id = $2 FOR UPDATE")
        #expect(isOrdered || isSingle)
        #expect(!statement.sql.contains("SKIP LOCKED"))
    }
}
