/// The places that the navigation names, in groups.
struct Navigation {
    struct Entry: Sendable {
        let title: String
        /// The whole path.
        let path: String
        /// Who can read it; others are not shown it.
        let roles: [Visitor.Role]
        /// Whether only those see it who look after the installation.
        let needsInstallation: Bool
        /// Whether those may read it whose keys are bound to tags.
        let isForBound: Bool
        /// Whose first page it is.
        let home: [Visitor.Role]

        init(
            _ title: String, _ path: String, roles: [Visitor.Role] = [.gateway, .finance, .approver, .operator], needsInstallation: Bool = false,
            isForBound: Bool = true, home: [Visitor.Role] = []
        ) {
            self.title = title
            self.path = Site.root + path
            self.roles = roles
            self.needsInstallation = needsInstallation
            self.isForBound = isForBound
            self.home = home
        }

        func isShown(to visitor: Visitor) -> Bool {
            visitor.isOneOf(roles) && (!needsInstallation || visitor.isInstallation) && (isForBound || visitor.tags.isEmpty)
        }

        func isHome(of role: Visitor.Role) -> Bool { home.contains(role) }
    }

    struct Group: Sendable {
        let title: String
        let entries: [Entry]
    }

    static let groups: [Group] = [operations, governance]

    static let operations = Group(
        title: "Operations",
        entries: [
            Entry("Live fleet", "/fleet", roles: [.finance, .operator], home: [.operator, .admin]),
            Entry("Runs", "/runs", home: [.gateway]),
            Entry("Approvals", "/approvals", home: [.approver]),
            Entry("Breakers", "/breakers"),
            Entry("Anomalies", "/anomalies"),
            Entry("Alerts", "/alerts"),
            Entry("Schedules", "/schedules", roles: [.operator], needsInstallation: true),
            Entry("Webhooks", "/webhooks", roles: [.finance, .operator], isForBound: false),
        ])
}
