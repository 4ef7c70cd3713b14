internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore
internal import OIDC

/// Finds out who sent a request.
struct Authenticator: Sendable {
    let organisations: OrganisationStore
    /// Nil: nobody but keys is known.
    let people: People?

    /// For routes that read or configure: compares what is known with the database first. A key of whom a suspension stops,
    /// or that is suspended itself, does not pass.
    func caller(_ request: Request) async throws -> Caller {
        try admitted(try await current(request))
    }

    /// Whoever no suspension stops.
    func admitted(_ caller: Caller) throws -> Caller {
        if let suspension = caller.suspension(in: caller.state.guards) { throw Problem.suspendedKey(suspension) }
        return caller
    }

    /// For the routes whose work goes through a write lane, which checks the key again inside its transaction: what is
    /// known is enough, and the database is asked only about keys that are not. Suspensions are the lane's matter too: what
    /// was spent is booked, whoever is suspended.
    func callerForLane(_ request: Request) async throws -> Caller {
        guard let header = request.headers[.authorization] else { return try await current(request) }
        if case .key(let text) = try credential(in: header), let state = organisations.known(text.organisation),
            let caller = match(text, in: state)
        {
            return caller
        }
        return try await current(request)
    }

    /// Who has this key by what is known already: the database is not asked. Nil also where nothing is known, and for whom a suspension stops.
    func known(_ text: KeyText) -> Caller? {
        guard let state = organisations.known(text.organisation), let caller = match(text, in: state),
            caller.suspension(in: state.guards) == nil
        else { return nil }
        return caller
    }

    /// Who is signed in with a session: its key as it is now, or the person as he was when he signed in. Nil: the key was revoked,
    /// the organisation is closed, or people are not let in any more.
    func caller(_ session: Session) async throws -> Caller? {
        guard let state = try await organisations.current(session.organisation), state.organisation.state == .active else { return nil }
        let rights: APIKey
        switch session.holder {
        case .key(let id):
            guard let key = state.keys.key(id: id) else { return nil }
            rights = key
        case .person(let person):
            guard people != nil else { return nil }
            rights = person.rights
        }
        return noted(Caller(state: state, key: rights))
    }

    /// A person in his organisation.
    ///
    /// - Throws: `Problem` where there is no such organisation, or it is closed.
    func caller(_ person: Person, in organisation: String) async throws -> Caller {
        guard let caller = try await caller(Session(organisation: organisation, holder: .person(person))) else {
            throw Problem.nobody("The identity provider knows you as of the organisation '\(organisation)', which is not active here.")
        }
        return caller
    }

    private func current(_ request: Request) async throws -> Caller {
        if let session = Session.current {
            guard let caller = try await caller(session) else { throw Problem.unauthorized }
            return caller
        }
        guard let header = request.headers[.authorization] else { throw Problem.unauthorized }
        switch try credential(in: header) {
        case .key(let text):
            guard let state = try await organisations.current(text.organisation), let caller = match(text, in: state) else {
                throw Problem.unauthorized
            }
            return caller
        case .token(let token, let people):
            let (organisation, person) = try await people.person(token)
            return try await caller(person, in: organisation)
        }
    }

    private enum Credential {
        case key(KeyText)
        case token(String, People)
    }

    private func credential(in header: String) throws -> Credential {
        let bytes = header.utf8
        guard bytes.starts(with: "Bearer ".utf8) || header.prefix(7).lowercased() == "bearer ", let secret = String(bytes.dropFirst(7)) else {
            throw Problem.unauthorized
        }
        if let text = KeyText(secret) { return .key(text) }
        if let people, TokenHeader.isToken(secret) { return .token(secret, people) }
        throw Problem.unauthorized
    }

    private func match(_ text: KeyText, in state: OrganisationState) -> Caller? {
        guard state.organisation.state == .active, let key = state.keys.key(digest: text.digest) else { return nil }
        return noted(Caller(state: state, key: key))
    }

    private func noted(_ caller: Caller) -> Caller {
        RequestNotes.current?.note(caller)
        return caller
    }
}
