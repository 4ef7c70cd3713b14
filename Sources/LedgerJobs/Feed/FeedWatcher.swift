public import LedgerStore
public import Logging
public import ServiceLifecycle

/// Wakes the streams of this replica: when another replica moved their feeds, and at the times they asked for.
public struct FeedWatcher: Service {
    private let feed: Feed
    private let interval: Duration
    private let logger: Logger

    /// - Parameter interval: between two looks.
    public init(feed: Feed, interval: Duration = .milliseconds(100), logger: Logger) {
        self.feed = feed
        self.interval = interval
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { tasks in
                // Streams must be able to end while the database does not answer.
                tasks.addTask { await repeatedly { feed.subscriptions.ring() } }
                await repeatedly {
                    do {
                        try await feed.look()
                    } catch {
                        if Task.isCancelled { return }
                        logger.warning("the feeds could not be read; the next look tries again", metadata: ["error": "\(error)"])
                    }
                }
            }
        }
    }

    private func repeatedly(_ body: () async -> Void) async {
        while !Task.isCancelled {
            await body()
            try? await Task.sleep(for: interval)
        }
    }
}
