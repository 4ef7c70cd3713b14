extension Navigation {
    static let governance = Group(title: "Governance", entries: [])
}
