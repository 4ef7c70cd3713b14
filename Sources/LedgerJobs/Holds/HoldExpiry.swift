public import LedgerStore
public import Logging
public import ServiceLifecycle

/// Ends the holds that nobody settled in time, every second. Replicas may all run it: a hold ends once, whoever asks.
public struct HoldExpiry: Service {
    private let holds: ExpiredHolds
    private let interval: Duration
    private let logger: Logger

    /// - Parameter interval: between two passes.
    public init(holds: ExpiredHolds, interval: Duration = .seconds(1), logger: Logger) {
        self.holds = holds
        self.interval = interval
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await runDue()
                } catch {
                    logger.warning("holds could not be expired; the next pass tries again", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Ends every hold that is due now.
    public func runDue() async throws {
        while try await holds.expireDue().mayBeMore {
            try Task.checkCancellation()
        }
    }
}
