/// Whose eyes see a page. What he may do is decided by the interface's routes; this is for what to offer him.
public struct Visitor: Sendable {
    public enum Role: String, Sendable {
        case gateway, finance, approver, `operator`, admin
    }

    /// The name of his key, or its id.
    public let name: String
    public let role: Role
    public let organisation: String
    /// ISO 4217.
    public let currency: String
    /// Whether he looks after the whole installation.
    public let isInstallation: Bool
    /// The tags that his key is bound to, in the order of their names.
    public let tags: [(name: String, value: String)]
    /// The most that his key grants to one run, in major units; nil: any amount.
    public let approveUpTo: String?

    public init(
        name: String, role: Role, organisation: String, currency: String, isInstallation: Bool = false, tags: [(name: String, value: String)] = [],
        approveUpTo: String? = nil
    ) {
        self.name = name
        self.role = role
        self.organisation = organisation
        self.currency = currency
        self.isInstallation = isInstallation
        self.tags = tags
        self.approveUpTo = approveUpTo
    }

    /// Whether he has one of these roles; admins have all.
    public func isOneOf(_ roles: Role...) -> Bool { isOneOf(roles) }

    func isOneOf(_ roles: [Role]) -> Bool { role == .admin || roles.contains(role) }
}
