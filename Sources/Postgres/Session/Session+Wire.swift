internal import CLibPQ
internal import Foundation

extension Session {
    /// How often a running call looks whether its task was cancelled, in case a request to cancel was lost.
    private static let lookMilliseconds: Int32 = 250

    /// The connection, if the session may still be used.
    func open() throws(PostgresError) -> OpaquePointer {
        guard let connection else { throw PostgresError(.connectionLost, "the session is closed") }
        return connection
    }

    /// Starts the clock of a call.
    func begin(_ timeout: Duration?) throws(PostgresError) -> Call {
        _ = try open()
        if let interruption, interruption.isRequested {
            throw PostgresError(.cancelled, "the task was cancelled before the statement began")
        }
        return Call(timeout: timeout ?? settings.statementTimeout)
    }

    /// Checked before anything is sent, for a pipeline cannot be left halfway.
    func checkCount(_ parameters: Parameters, of statement: Statement) throws(PostgresError) {
        guard parameters.count <= 65_535 else {
            throw PostgresError(.misuse, "\(parameters.count) parameters for \(statement.name), 65,535 are possible")
        }
    }

    /// Hands a prepared statement with its values to libpq.
    func send(_ statement: Statement, _ parameters: Parameters) throws(PostgresError) {
        let connection = try open()
        let sent = parameters.buffer.withUnsafeBytes { bytes in
            pointers.fill(parameters.values, base: bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
            let count = Int32(truncatingIfNeeded: parameters.count)
            return PQsendQueryPrepared(
                connection, statement.name, count, pointers.values, pointers.lengths, pointers.formats, 1)
        }
        guard sent == 1 else { throw sendFailure() }
    }

    /// Reads all results of one statement, of which the last, or the first error, counts.
    func readOutcome(_ call: inout Call) throws(PostgresError) -> Outcome {
        var outcome = Outcome.skipped
        while let result = try nextResult(&call) {
            if case .failed = outcome {
                PQclear(result)
                continue
            }
            outcome = try interpret(result)
            // The server's last words: after them the connection has only its end to offer.
            if case .failed(let error) = outcome, error.isConnectionLoss {
                close()
                break
            }
        }
        return outcome
    }

    private func interpret(_ result: OpaquePointer) throws(PostgresError) -> Outcome {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            return .rows(Rows(result))
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            return .skipped
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            PQclear(result)
            close()
            throw PostgresError(.misuse, "COPY is not spoken here; the session is closed")
        default:
            defer { PQclear(result) }
            return .failed(error(from: result))
        }
    }

    /// The next result of what was sent, or nil at the end of a statement. Writes what is left to write meanwhile.
    func nextResult(_ call: inout Call) throws(PostgresError) -> OpaquePointer? {
        let connection = try open()
        // A failed write is no end: the server may have said why before it hung up.
        var isWriting = PQflush(connection) == 1
        while PQisBusy(connection) == 1 {
            let events = Int16(POLLIN) | (isWriting ? Int16(POLLOUT) : 0)
            let limit = interruption == nil ? Int32.max : Self.lookMilliseconds
            let milliseconds = call.deadline.milliseconds(limit: limit)
            let ready = try Socket.wait(PQsocket(connection), for: events, milliseconds: milliseconds)
            if ready == 0 {
                try timePassed(&call)
                continue
            }
            if ready & ~Int16(POLLOUT) != 0, PQconsumeInput(connection) == 0 { throw readFailure() }
            if isWriting { isWriting = PQflush(connection) == 1 }
        }
        return PQgetResult(connection)
    }

    /// Nothing came for a while: cancel if that was the whole time, give up if cancelling took too long as well.
    private func timePassed(_ call: inout Call) throws(PostgresError) {
        guard call.deadline.hasPassed else {
            interruption?.renewIfRequested()
            return
        }
        if call.cancelRequest == nil {
            call.cancelRequest = CancelRequest(cancelHandle)
            call.deadline = Deadline(after: Call.grace)
            return
        }
        close()
        throw PostgresError(
            .timedOut,
            "no answer in time, nor to the request to cancel; the session is closed",
            sqlState: nil, detail: nil, statementIndex: nil, closedSession: true
        )
    }

    /// Settles what the call ends with, once all of its results are read.
    func finish(_ call: Call, _ failure: PostgresError?) -> PostgresError? {
        var failure = failure
        if failure?.sqlState == .invalidStatementName { prepared.removeAll() }
        if let request = call.cancelRequest {
            failure = afterTimeout(request, deadline: call.deadline, failure)
        } else if interruption?.isRequested == true, failure == nil || failure?.sqlState == .queryCanceled {
            let cancelled = PostgresError(.cancelled, "the task was cancelled while the statement ran")
            failure = failure?.with(code: .cancelled) ?? cancelled
        }
        if failure?.isConnectionLoss == true || !isUsable { close() }
        return failure
    }

    /// Even a success is reported as a time-out: a COMMIT that is cancelled while it waits for its standby succeeds
    /// with a mere warning, and what was then answered could be lost.
    private func afterTimeout(
        _ request: CancelRequest,
        deadline: Deadline,
        _ failure: PostgresError?
    ) -> PostgresError? {
        let isSafe = request.wait(until: deadline)
        if !isSafe { close() }
        guard let failure else {
            let message = "the answer came after the deadline"
            return PostgresError(
                .timedOut, message, sqlState: nil, detail: nil, statementIndex: nil, closedSession: !isSafe)
        }
        let code = failure.sqlState == .queryCanceled ? PostgresError.Code.timedOut : failure.code
        return failure.with(code: code, closedSession: !isSafe)
    }
}
