internal import Postgres

/// The SQL of coverage by key.
enum KeyCoverageStatements {
    /// In the hours [$2, $3).
    static let sums = Statement(
        "report_key_sums",
        """
        SELECT u.key_id, u.environment, u.present, \(ReportStatements.sum("u.calls")), \(ReportStatements.sum("u.cost"))
        FROM usage_keys u WHERE u.org_id = $1 AND u.hour >= $2::timestamptz AND u.hour < $3::timestamptz GROUP BY 1, 2, 3
        """
    )

    static let since = Statement("report_keys_since", "SELECT min(u.hour) FROM usage_keys u WHERE u.org_id = $1")
}
