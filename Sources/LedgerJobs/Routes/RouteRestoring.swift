public import LedgerStore
public import Logging
public import ServiceLifecycle

/// Lets the dearer model be called again once the window of a downgraded balance has ended. The next window's balance is
/// not downgraded in any case; this writes the switch down and tells of it.
public struct RouteRestoring: Service {
    private let routes: DowngradedRoutes
    private let interval: Duration
    private let logger: Logger

    /// - Parameter interval: between two passes.
    public init(routes: DowngradedRoutes, interval: Duration = .seconds(1), logger: Logger) {
        self.routes = routes
        self.interval = interval
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await runDue()
                } catch {
                    logger.warning("routes could not be restored; the next pass tries again", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Restores every route that is due now.
    public func runDue() async throws {
        while try await routes.restoreDue() {
            try Task.checkCancellation()
        }
    }
}
