public import Postgres

/// The tables of this release.
public enum Schema {
    /// The role under which everything but migrations and partitions runs.
    public static let serviceRole = "purser_service"

    /// The migrations that this binary carries, in order.
    public static func migrations() throws(PostgresError) -> [Migration] {
        var migrations: [Migration] = []
        for (name, bytes) in embedded {
            migrations.append(try Migration(fileName: name, sql: String(decoding: bytes, as: UTF8.self)))
        }
        return migrations
    }

    /// One line a file: the package manager embeds each as a constant, `_` in place of the first digit.
    private static let embedded: [(String, [UInt8])] = [
        ("0001_ledger.sql", PackageResources._001_ledger_sql),
        ("0002_prices.sql", PackageResources._002_prices_sql),
        ("0003_policy.sql", PackageResources._003_policy_sql),
        ("0004_jobs.sql", PackageResources._004_jobs_sql),
        ("0005_approvals.sql", PackageResources._005_approvals_sql),
        ("0006_feed.sql", PackageResources._006_feed_sql),
        ("0007_webhooks.sql", PackageResources._007_webhooks_sql),
        ("0008_breakers.sql", PackageResources._008_breakers_sql),
        ("0009_suspensions.sql", PackageResources._009_suspensions_sql),
        ("0010_runs.sql", PackageResources._010_runs_sql),
        ("0011_usage.sql", PackageResources._011_usage_sql),
        ("0012_resets.sql", PackageResources._012_resets_sql),
        ("0013_seal.sql", PackageResources._013_seal_sql),
        ("0014_reports.sql", PackageResources._014_reports_sql),
        ("0015_outcomes.sql", PackageResources._015_outcomes_sql),
        ("0016_corrections.sql", PackageResources._016_corrections_sql),
        ("0017_imports.sql", PackageResources._017_imports_sql),
        ("0018_reviews.sql", PackageResources._018_reviews_sql),
        ("0019_route_trials.sql", PackageResources._019_route_trials_sql),
        ("0020_dashboard.sql", PackageResources._020_dashboard_sql),
        ("0021_people.sql", PackageResources._021_people_sql),
        ("0022_raised.sql", PackageResources._022_raised_sql),
        ("0023_held.sql", PackageResources._023_held_sql),
    ]
}
