internal import LedgerStore

/// Lets the dearer model be called again once the window of a downgraded balance has ended. The next window's balance is
/// not downgraded in any case; this writes the switch down and tells of it.
struct RouteDowngrades: ScheduledJob {
    let name = "route-downgrades"
    let cadence = Cadence.every(seconds: 1)
    let routes: DowngradedRoutes

    func run(_ context: JobContext) async throws {
        while try await routes.restoreDue() { try Task.checkCancellation() }
    }
}
