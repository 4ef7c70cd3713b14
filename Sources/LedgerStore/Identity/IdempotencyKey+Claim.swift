internal import Ledger
internal import Postgres

/// Keys of what is written outside the write lanes, in its transaction.
extension IdempotencyKey {
    /// Takes the key for a fact; whoever else is about to is waited for.
    ///
    /// - Returns: whether nobody had it.
    func claim(for fact: Identifier, of organisation: Identifier, at now: Timestamp, in session: Session) throws -> Bool {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(key)
        parameters.uuid(fingerprint)
        parameters.uuid(fact)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        return try session.execute(IdempotencyStatements.insert, parameters).affected == 1
    }

    /// Who has the key: the fact, and whether it was asked for with the same body; nil: nobody.
    func holder(in organisation: Identifier, _ session: Session) throws -> (fact: Identifier, isSame: Bool)? {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(key)
        let rows = try session.execute(IdempotencyStatements.read, parameters)
        return rows.count == 1 ? (try rows.uuid(0, 1), try rows.uuid(0, 0) == fingerprint) : nil
    }
}
