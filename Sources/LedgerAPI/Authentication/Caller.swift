internal import Ledger
internal import LedgerStore

/// Who sent a request: a key of an organisation.
struct Caller: Sendable {
    let state: OrganisationState
    let key: APIKey

    var organisation: Organisation { state.organisation }

    /// Tells other people in the history who did something.
    var author: String { key.name ?? key.id.description }

    /// Passes if the key has one of the roles; admins may do everything within their organisation.
    func require(_ roles: APIKey.Role...) throws {
        guard key.role == .admin || roles.contains(key.role) else {
            let names = (roles + [.admin]).map(\.rawValue).joined(separator: ", ")
            throw Problem.forbidden("This needs a key with one of the roles \(names); this one is a \(key.role.rawValue) key.")
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
