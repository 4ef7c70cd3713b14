internal import Ledger
internal import Postgres

/// The database's own clock, whatever the ledger's says.
enum DatabaseClock {
    private static let statement = Statement("clock_moment", "SELECT clock_timestamp()")

    /// Read now, under whatever locks the session holds.
    static func moment(in session: Session) throws -> Timestamp {
        Timestamp(microseconds: try session.execute(statement).timestamp(0, 0))
    }
}
