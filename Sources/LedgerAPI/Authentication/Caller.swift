internal import Ledger
internal import LedgerStore

/// Who sent a request: a key of an organisation, or a person in it.
struct Caller: Sendable {
    let state: OrganisationState
    /// Of a person, what he may do.
    let key: APIKey

    var organisation: Organisation { state.organisation }

    /// Tells other people in the history who did something.
    var author: String { key.name ?? key.id.description }

    /// Passes if the key has one of the roles; admins may do everything within their organisation.
    func require(_ roles: APIKey.Role...) throws {
        guard key.role == .admin || roles.contains(key.role) else {
            let names = (roles + [.admin]).map(\.rawValue).joined(separator: ", ")
            let own = key.isPerson ? "your role is \(key.role.rawValue)" : "this key has the role \(key.role.rawValue)"
            throw Problem.forbidden("This needs one of the roles \(names); \(own).")
        }
    }

    /// What stops him by these guards, if anything does: of a person also what stops the user of one of his names.
    func suspension(in guards: Guards) -> Suspension? {
        let id = key.id.description
        if let found = guards.suspensions(covering: key.boundTags, key: id).first { return found }
        let names = Set(key.identities.map { $0.lowercased() })
        return names.isEmpty ? nil : guards.openSuspensions.first { $0.subject.kind == .user && names.contains($0.subject.id.lowercased()) }
    }

    /// Passes if he looks after the whole installation.
    func requireInstallation() throws {
        try require(.operator)
        guard organisation.name == Organisation.defaultName, key.boundTags.isEmpty else {
            throw Problem.forbidden(
                "Organisations are looked after by operators and admins of the organisation '\(Organisation.defaultName)' who are bound to no tags.")
        }
    }
}
