import Postgres

extension Session {
    /// Runs an SQL text that only one test has.
    func query(_ sql: String, _ build: (inout Parameters) -> Void = { _ in }) throws(PostgresError) -> Rows {
        var parameters = Parameters()
        build(&parameters)
        return try execute(Statement(sql, sql), parameters)
    }

    /// The one int8 that a query answers.
    func number(_ sql: String) throws(PostgresError) -> Int64 {
        try query("SELECT (\(sql))::int8").int8(0, 0)
    }
}
