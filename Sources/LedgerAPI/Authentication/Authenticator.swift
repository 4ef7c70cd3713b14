internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore

/// Finds out who sent a request.
struct Authenticator: Sendable {
    let organisations: OrganisationStore

    /// For routes that read or configure: compares what is known with the database first. A key of whom a suspension stops,
    /// or that is suspended itself, does not pass.
    func caller(_ request: Request) async throws -> Caller {
        let caller = try await current(request)
        let suspensions = caller.state.guards.suspensions(covering: caller.key.boundTags, key: caller.key.id.description)
        if let first = suspensions.first { throw Problem.suspendedKey(first) }
        return caller
    }

    /// For the routes whose work goes through a write lane, which checks the key again inside its transaction: what is
    /// known is enough, and the database is asked only about keys that are not. Suspensions are the lane's matter too: what
    /// was spent is booked, whoever is suspended.
    func callerForLane(_ request: Request) async throws -> Caller {
        guard let header = request.headers[.authorization] else { return try await current(request) }
        let text = try key(in: header)
        if let state = organisations.known(text.organisation), let caller = match(text, in: state) { return caller }
        return try await current(request)
    }

    /// Who has this key by what is known already: the database is not asked. Nil also where nothing is known, and for whom a suspension stops.
    func known(_ text: KeyText) -> Caller? {
        guard let state = organisations.known(text.organisation), let caller = match(text, in: state),
            state.guards.suspensions(covering: caller.key.boundTags, key: caller.key.id.description).isEmpty
        else { return nil }
        return caller
    }

    /// Who is signed in with a session: its key, as it is now. Nil: it was revoked, or its organisation is closed.
    func caller(_ session: Session) async throws -> Caller? {
        guard let state = try await organisations.current(session.organisation), state.organisation.state == .active,
            let key = state.keys.key(id: session.key)
        else { return nil }
        let caller = Caller(state: state, key: key)
        RequestNotes.current?.note(caller)
        return caller
    }

    private func current(_ request: Request) async throws -> Caller {
        if let session = Session.current {
            guard let caller = try await caller(session) else { throw Problem.unauthorized }
            return caller
        }
        guard let header = request.headers[.authorization] else { throw Problem.unauthorized }
        let text = try key(in: header)
        guard let state = try await organisations.current(text.organisation), let caller = match(text, in: state) else {
            throw Problem.unauthorized
        }
        return caller
    }

    private func key(in header: String) throws -> KeyText {
        let bytes = header.utf8
        guard bytes.starts(with: "Bearer ".utf8) || header.prefix(7).lowercased() == "bearer ",
            let secret = String(bytes.dropFirst(7)), let text = KeyText(secret)
        else { throw Problem.unauthorized }
        return text
    }

    private func match(_ text: KeyText, in state: OrganisationState) -> Caller? {
        guard state.organisation.state == .active, let key = state.keys.key(digest: text.digest) else { return nil }
        let caller = Caller(state: state, key: key)
        RequestNotes.current?.note(caller)
        return caller
    }
}
