internal import Ledger
internal import LedgerStore
internal import OIDC

/// What a person may do, by what the identity provider says of him.
///
/// | claim | what it says |
/// | --- | --- |
/// | `purser_role`, or another that is set | `admin`, `operator`, `approver` or `finance`; of a list the first of these that it has |
/// | `purser_org` | the organisation; absent for the role finance or approver: `default` |
/// | `purser_tags` | tags that bound him as those of a key do: an object of texts |
/// | `purser_approve_up_to` | the most that he may grant to one run: an amount as text |
/// | `email` with `email_verified`, or another that is set | his name in the history; else it is `sub` |
public struct PersonRules: Sendable {
    /// The roles that people have, the strongest first.
    static let roles: [APIKey.Role] = [.admin, .operator, .approver, .finance]

    let roleClaim: String
    let nameClaim: String?

    /// - Parameters:
    ///   - roleClaim: the claim that says what a person may do; nil: `purser_role`.
    ///   - nameClaim: the claim that names him in the history, which the provider must have verified; nil: `email` where it says that
    ///     it is.
    public init(roleClaim: String? = nil, nameClaim: String? = nil) {
        self.roleClaim = roleClaim ?? "purser_role"
        self.nameClaim = nameClaim
    }

    /// - Throws: `Problem` that names the claim.
    func person(_ claims: IdentityClaims) throws -> (organisation: String, person: Person) {
        let role = try role(claims)
        // Who looks after everything must not be it because a claim was forgotten.
        let standard: ClaimValue? = role == .finance || role == .approver ? .string(Organisation.defaultName) : nil
        guard let name = (claims["purser_org"] ?? standard)?.string, Organisation.isValid(name: name) else {
            throw Self.wrong("purser_org", "the name of an organisation")
        }
        let limit = try limit(claims)
        guard limit == nil || role.approves else { throw Self.wrong("purser_approve_up_to", "absent for the role \(role.rawValue)") }
        let called = self.name(claims)
        let person = Person(
            id: Person.id(issuer: claims.issuer, subject: claims.subject), name: called, identities: Self.identities(claims, called), role: role,
            tags: try Self.tags(claims), approveUpTo: limit)
        return (name, person)
    }

    private func role(_ claims: IdentityClaims) throws -> APIKey.Role {
        guard let said = claims[roleClaim]?.strings, let role = Self.roles.first(where: { said.contains($0.rawValue) }) else {
            throw Self.wrong(roleClaim, Self.roles.map(\.rawValue).joined(separator: ", ") + " or a list with one of them")
        }
        return role
    }

    private func limit(_ claims: IdentityClaims) throws -> Money? {
        guard let claim = claims["purser_approve_up_to"] else { return nil }
        guard let amount = claim.string.flatMap({ Money($0) }), amount.nanos >= 0 else {
            throw Self.wrong("purser_approve_up_to", "an amount as text, such as \"500.00\"")
        }
        return amount
    }

    private static func tags(_ claims: IdentityClaims) throws -> Tags {
        guard let claim = claims["purser_tags"] else { return Tags() }
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

    /// An address that the provider has not verified could be anybody's.
    private func name(_ claims: IdentityClaims) -> String {
        if let nameClaim { return claims[nameClaim]?.string.flatMap { Self.isLabel($0) ? $0 : nil } ?? claims.subject }
        guard let address = claims["email"]?.string, Self.isLabel(address), address.contains("@"), claims["email_verified"] == .bool(true) else {
            return claims.subject
        }
        return address
    }

    /// All names that calls may have him under as their user, verified or not: what these are for only ever refuses.
    private static func identities(_ claims: IdentityClaims, _ name: String) -> [String] {
        let others = ["sub", "email", "preferred_username", "upn"].compactMap { claims[$0]?.string }.filter(isLabel)
        return others.reduce(into: [name]) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Control characters and those that turn or hide text make no name.
    private static func isLabel(_ text: String) -> Bool {
        (1...Tags.maximumValueLength).contains(text.unicodeScalars.count)
            && !text.unicodeScalars.contains { [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory) }
    }

    private static func wrong(_ claim: String, _ expected: String) -> Problem {
        Problem.nobody("The identity provider knows you, but its claim '\(claim)' must be \(expected). Ask whoever looks after it.")
    }
}
