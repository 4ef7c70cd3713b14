public import LedgerStore
public import Logging
public import ServiceLifecycle

/// Numbers events as soon as this replica has written some, and looks in between for what a replica left that is gone.
/// Replicas may all run it: an event is numbered once.
public struct FeedPublisher: Service {
    /// Between two passes, so that a flood of events shares transactions: each is a flush that the write lanes want too.
    private static let pause = Duration.milliseconds(100)

    private let feed: Feed
    private let interval: Duration
    private let logger: Logger

    /// - Parameter interval: between two looks without a signal.
    public init(feed: Feed, interval: Duration = .seconds(1), logger: Logger) {
        self.feed = feed
        self.interval = interval
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { await remind() }
                for await _ in feed.signal.raised {
                    do {
                        try await feed.publish()
                    } catch {
                        if Task.isCancelled { break }
                        logger.warning("events could not be published; the next pass tries again", metadata: ["error": "\(error)"])
                    }
                    try? await Task.sleep(for: Self.pause)
                }
                tasks.cancelAll()
            }
        }
    }

    private func remind() async {
        while !Task.isCancelled {
            feed.signal.raise()
            try? await Task.sleep(for: interval)
        }
    }
}
