internal import Ledger
internal import LedgerStore
internal import OIDC

/// What a person may do, by what the identity provider says of him.
///
/// | claim | what it says |
/// | --- | --- |
/// | `purser_role`, or another that is set | `admin`, `operator`, `approver` or `finance`; of a list the first of these that it has |
/// | `purser_org` | the organisation; `default` where it is absent |
/// | `purser_tags` | tags that bound him as those of a key do: an object of texts |
/// | `purser_approve_up_to` | the most that he may grant to one run: an amount as text |
/// | `email` | his name in the history, unless `email_verified` is false; else it is `sub` |
public struct PersonRules: Sendable {
    public static let standardRoleClaim = "purser_role"
    /// The roles that people have, the strongest first.
    static let roles: [APIKey.Role] = [.admin, .operator, .approver, .finance]

    let roleClaim: String

    /// - Throws: `Problem` that names the claim.
    func person(_ claims: IdentityClaims) throws -> (organisation: String, person: Person) {
        let organisation = claims["purser_org"] ?? .string(Organisation.defaultName)
        guard let name = organisation.string, Organisation.isValid(name: name) else { throw Self.wrong("purser_org", "the name of an organisation") }
        let role = try role(claims)
        let limit = try limit(claims)
        guard limit == nil || role.approves else { throw Self.wrong("purser_approve_up_to", "absent for the role \(role.rawValue)") }
        let person = Person(
            id: Person.id(issuer: claims.issuer, subject: claims.subject), name: Self.name(claims), role: role, tags: try Self.tags(claims),
            approveUpTo: limit)
        return (name, person)
    }

    private func role(_ claims: IdentityClaims) throws -> APIKey.Role {
        guard let said = claims[roleClaim]?.strings, let role = Self.roles.first(where: { said.contains($0.rawValue) }) else {
            throw Self.wrong(roleClaim, Self.roles.map(\.rawValue).joined(separator: ", ") + " or a list with one of them")
        }
        return role
    }

    private func limit(_ claims: IdentityClaims) throws -> Money? {
        guard let claim = claims["purser_approve_up_to"], claim != .null else { return nil }
        guard let amount = claim.string.flatMap({ Money($0) }), amount.nanos >= 0 else {
            throw Self.wrong("purser_approve_up_to", "an amount as text, such as \"500.00\"")
        }
        return amount
    }

    private static func tags(_ claims: IdentityClaims) throws -> Tags {
        guard let claim = claims["purser_tags"], claim != .null else { return Tags() }
        guard case .object(let members) = claim, members.count <= Tags.maximumCount else { throw wrong("purser_tags", "an object of texts") }
        var tags = Tags()
        for (name, value) in members {
            guard Tags.isValid(name: name), !Call.reservedLabels.contains(name), let text = value.string, isLabel(text) else {
                throw wrong("purser_tags", "an object of tags with texts of 1 to \(Tags.maximumValueLength) characters")
            }
            tags[name] = text
        }
        return tags
    }

    /// An address that the provider says is not verified could be anybody's.
    private static func name(_ claims: IdentityClaims) -> String {
        guard let address = claims["email"]?.string, isLabel(address), claims["email_verified"] != .bool(false) else { return claims.subject }
        return address
    }

    private static func isLabel(_ text: String) -> Bool {
        (1...Tags.maximumValueLength).contains(text.unicodeScalars.count) && !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    }

    private static func wrong(_ claim: String, _ expected: String) -> Problem {
        Problem.forbidden("The identity provider knows you, but its claim '\(claim)' must be \(expected). Ask whoever looks after it.")
    }
}
