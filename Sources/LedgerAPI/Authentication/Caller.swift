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

    /// Passes if the key looks after the whole installation.
    func requireInstallation() throws {
        try require(.operator)
        guard organisation.name == Organisation.defaultName else {
            throw Problem.forbidden("Organisations are looked after with an operator or admin key of the organisation '\(Organisation.defaultName)'.")
        }
    }
}
