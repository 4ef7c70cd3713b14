import LedgerJobs
import Synchronization

/// A job that writes down its runs, and does what the test says.
final class SampleJob: ScheduledJob {
    let name: String
    let cadence: Cadence
    let catchUp: CatchUp
    let after: [String]
    private let body: @Sendable (JobContext) async throws -> Void
    private let runs = Mutex<[JobContext]>([])

    init(
        _ name: String = "sample", every seconds: Int64 = 60, _ catchUp: CatchUp = .latest, after: [String] = [],
        _ body: @escaping @Sendable (JobContext) async throws -> Void = { _ in }
    ) {
        self.name = name
        cadence = .every(seconds: seconds)
        self.catchUp = catchUp
        self.after = after
        self.body = body
    }

    var contexts: [JobContext] { runs.withLock { $0 } }

    func run(_ context: JobContext) async throws {
        runs.withLock { $0.append(context) }
        try await body(context)
    }
}

/// Holds a run up until the test opens it.
final class Gate: Sendable {
    private let entered = AsyncStream<Void>.makeStream()
    private let opened = AsyncStream<Void>.makeStream()

    /// Called by the run. Ends when the gate opens, or the task is cancelled.
    func pass() async throws {
        entered.continuation.yield()
        for await _ in opened.stream {}
        try Task.checkCancellation()
    }

    func waitForRun() async { for await _ in entered.stream { return } }

    func open() { opened.continuation.finish() }
}
