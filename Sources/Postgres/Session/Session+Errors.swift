internal import CLibPQ

extension Session {
    /// What a failed result says. Without a SQLSTATE it is libpq that speaks, nearly always because the connection
    /// broke.
    func error(from result: OpaquePointer) -> PostgresError {
        let error = PostgresError(result: result)
        return error.sqlState == nil && !isUsable ? broken(error.message) : error
    }

    /// The connection broke while it was read.
    func readFailure() -> PostgresError {
        guard let connection else { return broken("the session is closed") }
        defer { close() }
        if let result = PQgetResult(connection) {
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_FATAL_ERROR { return broken(error(from: result).message) }
        }
        return broken(libpqMessage(connection))
    }

    /// libpq did not take a statement. What is queued before it cannot be told: the session is closed.
    func sendFailure() -> PostgresError {
        guard let connection else { return broken("the session is closed") }
        defer { close() }
        return broken(libpqMessage(connection))
    }

    /// The loss of the connection. The server's last words, if it had any, tell more than libpq's.
    private func broken(_ message: String) -> PostgresError {
        lastWords.error?.with(code: .connectionLost) ?? PostgresError(.connectionLost, message)
    }

    private func libpqMessage(_ connection: OpaquePointer) -> String {
        let message = PQerrorMessage(connection).map { String(cString: $0).trimmingTrailingNewlines } ?? ""
        return message.isEmpty ? "the connection broke" : message
    }
}
