public import LedgerStore
public import Logging
public import ServiceLifecycle

/// Measures what alerts tell beside their event, a bounded number a pass, and tells when they are over. Replicas may all
/// run it: each alert is measured and cleared once.
public struct AlertUpkeep: Service {
    private let alerts: AlertStore
    private let interval: Duration
    private let logger: Logger

    /// - Parameter interval: between two passes.
    public init(alerts: AlertStore, interval: Duration = .seconds(1), logger: Logger) {
        self.alerts = alerts
        self.interval = interval
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    // What is left waits for the next pass: a flood of alerts must not take from the calls.
                    _ = try await alerts.detailDue()
                    try await alerts.clearDue()
                } catch {
                    logger.warning("alerts could not be looked after; the next pass tries again", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Does all that is due now.
    public func runDue() async throws {
        while try await alerts.detailDue() { try Task.checkCancellation() }
        try await alerts.clearDue()
    }
}
