public import Ledger
public import Postgres

/// Facts lie in partitions by month. Months ahead are made early; one that is missing is made on the spot.
public enum Partitions {
    static let tables = ["reservations", "settlements", "refusals", "batches"]

    /// The whole months that contain the opening times of these holds, read from their ids.
    static func months(of holds: [Identifier]) -> (start: Timestamp, end: Timestamp) { months(from: holds.map(\.time)) }

    /// The whole months that contain these times.
    static func months(from times: [Timestamp]) -> (start: Timestamp, end: Timestamp) {
        // An id that a client made up may claim any time; nothing lies beyond the year 9999.
        let latest = Timestamp(seconds: 253_402_300_799)
        let times = times.map { min(max($0, Timestamp(seconds: 0)), latest) }
        let first = CivilTime(times.min() ?? Timestamp(seconds: 0)).date.firstOfMonth
        let last = CivilTime(times.max() ?? Timestamp(seconds: 0)).date.firstOfNextMonth
        return (Timestamp(seconds: first.daysSince1970 * 86_400), Timestamp(seconds: last.daysSince1970 * 86_400))
    }

    /// The statements that make the partitions of the month of `time` and of `ahead` months after it.
    static func statements(from time: Timestamp, ahead: Int) -> [String] {
        var month = CivilTime(time).date.firstOfMonth
        var statements: [String] = []
        for _ in 0...ahead {
            let next = month.firstOfNextMonth
            for table in tables {
                let suffix = String(text(month).prefix(7)).replacing("-", with: "_")
                statements.append(
                    """
                    CREATE TABLE IF NOT EXISTS \(table)_\(suffix) PARTITION OF \(table)
                    FOR VALUES FROM ('\(text(month)) 00:00:00+00') TO ('\(text(next)) 00:00:00+00')
                    """
                )
            }
            month = next
        }
        return statements
    }

    private static func text(_ date: CivilDate) -> String {
        String(Timestamp(seconds: date.daysSince1970 * 86_400).description.prefix(10))
    }

    /// Makes what is missing; two replicas at once do no harm.
    public static func create(from time: Timestamp, ahead: Int, in session: Session) throws(PostgresError) {
        for statement in statements(from: time, ahead: ahead) {
            do throws(PostgresError) {
                try session.run(statement)
            } catch {
                // Another replica made it at the same moment.
                guard error.sqlState == .duplicateTable || error.sqlState == .uniqueViolation else { throw error }
            }
        }
    }
}
