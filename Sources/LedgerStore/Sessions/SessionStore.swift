internal import Ledger
internal import Postgres

/// Who is signed in at the dashboard. Sessions are in the database, so that every replica serves them.
public struct SessionStore: Sendable {
    /// 12 hours: the longest that a session lasts.
    public static let longestSeconds: Int64 = 12 * 3_600
    /// Two hours: a session of which nothing was asked for so long is over.
    public static let idleSeconds: Int64 = 2 * 3_600
    /// The most sessions of one key or person; the oldest go.
    public static let maximumPerHolder = 50
    /// How exactly it is known when a session was last used.
    static let seenSeconds: Int64 = 60

    let pool: Pool
    let clock: StoreClock

    /// Opens a session, and forgets those that are over.
    public func open(_ holder: SessionHolder, of organisation: Organisation) async throws -> SessionText {
        let text = SessionText.generate(organisation: organisation.name)
        let digest = text.digest
        let now = clock.now()
        try await pool.withTransaction { session in
            var row = Parameters()
            row.uuid(organisation.id)
            row.bytes(digest)
            row.uuid(holder.id)
            row.timestamp(microsecondsSince1970: now.microseconds)
            row.timestamp(microsecondsSince1970: now.adding(seconds: Self.longestSeconds).microseconds)
            row.person(of: holder)
            _ = try session.execute(SessionStatements.insert, row)
            var old = Parameters()
            old.uuid(organisation.id)
            old.timestamp(microsecondsSince1970: now.microseconds)
            old.timestamp(microsecondsSince1970: now.adding(seconds: -Self.idleSeconds).microseconds)
            old.uuid(holder.id)
            old.int8(Int64(Self.maximumPerHolder))
            _ = try session.execute(SessionStatements.deleteOld, old)
        }
        return text
    }

    /// Who has a session, which counts as used now.
    ///
    /// - Returns: nil where there is no such session, or where it is over.
    public func holder(of text: SessionText) async throws -> SessionHolder? {
        let organisation = Identifier.organisation(named: text.organisation)
        let digest = text.digest
        let now = clock.now()
        return try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.bytes(digest)
            let rows = try session.execute(SessionStatements.find, parameters)
            guard rows.count == 1 else { return nil }
            let holder = try Self.holder(rows)
            let seen = Timestamp(microseconds: try rows.timestamp(0, 1))
            let expires = Timestamp(microseconds: try rows.timestamp(0, 2))
            guard now < expires, now < seen.adding(seconds: Self.idleSeconds) else { return nil }
            if now >= seen.adding(seconds: Self.seenSeconds) {
                var use = parameters
                use.timestamp(microsecondsSince1970: now.microseconds)
                _ = try session.execute(SessionStatements.see, use)
            }
            return holder
        }
    }

    private static func holder(_ rows: Rows) throws -> SessionHolder {
        let id: Identifier = try rows.uuid(0, 0)
        guard let name = try rows.textIfPresent(0, 3) else { return .key(id) }
        guard let role = APIKey.Role(rawValue: try rows.text(0, 4)) else { throw StoreError(.corrupt, "a session has an unknown role") }
        return .person(
            Person(
                id: id, name: name, identities: try rows.textArray(0, 7), role: role, tags: try TagsJSON.decode(try rows.json(0, 5)),
                approveUpTo: try rows.int8IfPresent(0, 6).map { Money(nanos: $0) }))
    }

    /// Ends a session.
    public func close(_ text: SessionText) async throws {
        let organisation = Identifier.organisation(named: text.organisation)
        let digest = text.digest
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.bytes(digest)
            _ = try session.execute(SessionStatements.delete, parameters)
        }
    }
}

extension Parameters {
    /// What a session keeps of a person.
    fileprivate mutating func person(of holder: SessionHolder) {
        let person: Person? = if case .person(let person) = holder { person } else { nil }
        text(person?.name)
        text(person?.role.rawValue)
        json(person.map { TagsJSON.encode($0.tags) })
        int8(person?.approveUpTo?.nanos)
        if let person { textArray(person.identities) } else { null() }
    }
}
