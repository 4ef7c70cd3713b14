extension Site {
    /// The pages for finance and owners.
    static func addGovernance(to site: inout Site) {
        OverviewPage.add(to: &site)
        EnvelopesPage.add(to: &site)
        EnvelopePage.add(to: &site)
        EnvelopeForms.add(to: &site)
        BalancePage.add(to: &site)
        SpendPage.add(to: &site)
        TrendsPage.add(to: &site)
        WorkflowPage.add(to: &site)
        EconomicsPage.add(to: &site)
        CoveragePage.add(to: &site)
        ReviewPages.add(to: &site)
        ImportPages.add(to: &site)
        PolicyPages.add(to: &site)
        SealPage.add(to: &site)
    }
}
