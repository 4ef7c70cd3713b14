extension Site {
    /// The pages for finance and owners.
    static func addGovernance(to site: inout Site) {
    }
}
