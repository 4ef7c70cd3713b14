internal import CLibPQ

extension Session {
    /// Runs all steps in libpq's pipeline mode: all are sent, then one Sync, and the results come in order. Statements
    /// that the server does not know yet are prepared first, in a round trip of their own.
    ///
    /// A transaction needs ``Statement/begin`` and ``Statement/commit`` as steps. When a step fails, the later ones are
    /// skipped, COMMIT included, and the error names the step; the session stays usable and the caller calls
    /// ``rollback()``.
    public func pipeline(_ steps: [PipelineStep], timeout: Duration? = nil) throws(PostgresError) -> [Rows] {
        guard !steps.isEmpty else { return [] }
        var unknown: [(index: Int?, statement: Statement)] = []
        for (index, step) in steps.enumerated() {
            try checkCount(step.parameters, of: step.statement)
            if needsPreparation(step.statement) { unknown.append((index, step.statement)) }
        }
        var call = try begin(timeout)
        if !unknown.isEmpty { try prepare(unknown, &call) }
        try enterPipeline()
        for step in steps { try send(step.statement, step.parameters) }
        var results: [Rows] = []
        results.reserveCapacity(steps.count)
        var failure: PostgresError?
        try readPipeline(count: steps.count, &call) { index, outcome in
            if case .rows(let rows) = outcome { results.append(rows) }
            if failure == nil { failure = outcome.failure(of: steps[index].statement, index: index) }
        }
        if let failure = finish(call, failure) { throw failure }
        guard results.count == steps.count else {
            close()
            throw PostgresError(.connectionLost, "\(results.count) answers to \(steps.count) steps")
        }
        return results
    }

    /// Whether the server has to be told about a statement first.
    func needsPreparation(_ statement: Statement) -> Bool {
        guard let sql = prepared[statement.name] else { return true }
        // Statements are static constants, so that this compares two pointers and not two texts.
        return sql != statement.sql
    }

    /// Prepares statements, all in one round trip. An error carries the index of its statement.
    func prepare(
        _ statements: [(index: Int?, statement: Statement)],
        _ call: inout Call
    ) throws(PostgresError) {
        let missing = try distinct(statements)
        let connection = try open()
        try enterPipeline()
        for (_, statement) in missing where PQsendPrepare(connection, statement.name, statement.sql, 0, nil) != 1 {
            throw sendFailure()
        }
        var failure: PostgresError?
        try readPipeline(count: missing.count, &call) { index, outcome in
            switch outcome {
            case .rows: prepared[missing[index].statement.name] = missing[index].statement.sql
            case .failed(let error): if failure == nil { failure = error.with(statementIndex: missing[index].index) }
            case .skipped: break
            }
        }
        // A call that is past its deadline ends here, so that its grace is not spent on the statements themselves.
        if failure != nil || call.cancelRequest != nil, let failure = finish(call, failure) { throw failure }
    }

    /// The statements without repetitions; an error if one name stands for two texts.
    private func distinct(
        _ statements: [(index: Int?, statement: Statement)]
    ) throws(PostgresError) -> [(index: Int?, statement: Statement)] {
        var texts: [String: String] = [:]
        var found: [(index: Int?, statement: Statement)] = []
        for (index, statement) in statements {
            guard (texts[statement.name] ?? prepared[statement.name] ?? statement.sql) == statement.sql else {
                let message = "two statements have the name \(statement.name)"
                throw PostgresError(.misuse, message, statementIndex: index)
            }
            if texts.updateValue(statement.sql, forKey: statement.name) == nil { found.append((index, statement)) }
        }
        return found
    }

    private func enterPipeline() throws(PostgresError) {
        let connection = try open()
        guard PQenterPipelineMode(connection) == 1 else { throw sendFailure() }
    }

    /// Sends the Sync, reads one outcome for each statement and leaves the pipeline.
    private func readPipeline(
        count: Int,
        _ call: inout Call,
        _ visit: (Int, Outcome) -> Void
    ) throws(PostgresError) {
        let connection = try open()
        guard PQpipelineSync(connection) == 1 else { throw sendFailure() }
        for index in 0..<count {
            let outcome = try readOutcome(&call)
            visit(index, outcome)
            if !isUsable { return close() }
        }
        let sync = try nextResult(&call)
        defer { PQclear(sync) }
        guard PQresultStatus(sync) == PGRES_PIPELINE_SYNC, PQexitPipelineMode(connection) == 1 else {
            throw sendFailure()
        }
    }
}
