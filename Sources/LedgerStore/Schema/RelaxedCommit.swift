internal import Postgres

/// For transactions that guard no money, and whose loss with the server only makes work be done once more: they wait for no
/// flush, and take none away from the write lanes.
enum RelaxedCommit {
    /// To be the first of its transaction.
    static let statement = Statement("relaxed_commit", "SET LOCAL synchronous_commit = off")
}
