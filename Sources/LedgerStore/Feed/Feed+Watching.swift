internal import Ledger

extension Feed {
    /// Looks, with one query for all, whether feeds moved that somebody waits for on this replica; nothing where nobody waits.
    public func look() async throws {
        let watched = subscriptions.organisations
        guard !watched.isEmpty else { return }
        for (organisation, last) in try await FeedReader(pool: pool).last(of: Array(watched)) { subscriptions.moved(organisation, to: last) }
    }
}
