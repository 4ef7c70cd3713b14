extension Navigation {
    static let governance = Group(
        title: "Governance",
        entries: [
            Entry("Overview", "/overview", roles: [.finance, .operator], home: [.finance]),
            Entry("Envelopes", "/envelopes", home: [.gateway]),
            Entry("Spend", "/spend", roles: [.finance, .operator]),
            Entry("Trends", "/trends", roles: [.finance, .operator]),
            Entry("Unit economics", "/economics", roles: [.finance, .approver, .operator]),
            Entry("Tag coverage", "/coverage", roles: [.finance, .operator]),
            Entry("Weekly reviews", "/reviews", roles: [.finance, .approver, .operator], isForBound: false),
            Entry("Imports", "/imports", roles: [.finance, .approver, .operator]),
            Entry("Policy", "/policy"),
            Entry("Ledger seal", "/seal", roles: [.finance], isForBound: false),
        ])
}
