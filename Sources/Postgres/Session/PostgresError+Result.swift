internal import CLibPQ

extension PostgresError {
    /// What the server, or libpq in its place, says in a result.
    init(result: OpaquePointer) {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        let message =
            field(purser_pg_diag_message_primary)
            ?? PQresultErrorMessage(result).map { String(cString: $0).trimmingTrailingNewlines }
            ?? "no message"
        let severity = field(purser_pg_diag_severity)
        self.init(
            .server,
            message,
            sqlState: field(purser_pg_diag_sqlstate).map(SQLState.init(rawValue:)),
            detail: field(purser_pg_diag_message_detail),
            statementIndex: nil,
            closedSession: severity == "FATAL" || severity == "PANIC"
        )
    }
}
