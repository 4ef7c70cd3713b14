internal import CLibPQ

extension Session {
    /// Gives up the open transaction, if there is one. A session that cannot even do that is closed.
    public func rollback() throws(PostgresError) {
        guard isUsable, isInTransaction else { return }
        // A cancelled task must still be able to leave the session clean.
        let interruption = interruption
        self.interruption = nil
        defer { self.interruption = interruption }
        do throws(PostgresError) {
            try run("ROLLBACK")
        } catch {
            close()
            throw error
        }
    }

    /// Runs `body` between BEGIN and COMMIT; ROLLBACK when it throws.
    ///
    /// Also throws when `body` swallowed an error of the server, for then COMMIT would silently roll back. When COMMIT
    /// itself fails with a connection loss or a time-out, the outcome is unknown.
    public func transaction<R>(_ body: (Session) throws -> R) throws -> R {
        guard !isInTransaction else {
            throw PostgresError(.misuse, "a transaction is open already")
        }
        try run("BEGIN")
        do {
            let result = try body(self)
            _ = try execute(.commit)
            return result
        } catch {
            // A failed rollback has closed the session, and with it the transaction.
            try? rollback()
            throw error
        }
    }

    /// Forgets all prepared statements, so that the server plans them anew: after ANALYZE, or after tables changed.
    public func discardStatements() throws(PostgresError) {
        prepared.removeAll()
        try run("DEALLOCATE ALL")
    }
}
