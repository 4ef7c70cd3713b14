public import Ledger
internal import Postgres

/// The clock of a server that runs with `--test-clock`: a database row, so that all replicas and restarts share it.
public struct TestClock: Sendable {
    private static let readStatement = Statement(
        "clock_read", "SELECT (SELECT t.now FROM test_clock t WHERE t.id = 1), clock_timestamp()")
    private static let startStatement = Statement(
        "clock_start", "INSERT INTO test_clock (id, now) VALUES (1, date_trunc('second', clock_timestamp())) ON CONFLICT DO NOTHING")
    private static let advanceStatement = Statement(
        "clock_advance", "UPDATE test_clock SET now = $1::timestamptz WHERE id = 1 AND now <= $1::timestamptz")

    let pool: Pool
    let clock: StoreClock

    /// Reads the time, of the test clock or of the database.
    func start() async throws {
        let mode = clock.mode
        let now = try await pool.withSession { session in
            if mode == .test { _ = try session.execute(Self.startStatement) }
            let rows = try session.execute(Self.readStatement)
            return Timestamp(microseconds: try rows.timestamp(0, mode == .test ? 0 : 1))
        }
        clock.observe(now)
    }

    /// Reads the test clock again; another replica may have advanced it.
    public func refresh() async throws -> Timestamp {
        try await start()
        return clock.now()
    }

    /// Moves the clock on. False if it would go back.
    public func advance(to time: Timestamp) async throws -> Bool {
        let moved = try await pool.withSession { session in
            var parameters = Parameters()
            parameters.timestamp(microsecondsSince1970: time.microseconds)
            return try session.execute(Self.advanceStatement, parameters).affected == 1
        }
        if moved { clock.observe(time) }
        return moved
    }

    /// The test clock's time if there is one, else the database's.
    static func latest(in session: Session) throws -> Timestamp {
        let rows = try session.execute(readStatement)
        return Timestamp(microseconds: try rows.timestampIfPresent(0, 0) ?? rows.timestamp(0, 1))
    }
}
