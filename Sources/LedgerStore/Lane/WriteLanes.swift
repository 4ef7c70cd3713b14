internal import Ledger
internal import Logging
internal import Postgres
public import ServiceLifecycle

/// Takes operations and answers when they are on disk. An organisation is served by one lane, so that its calls share
/// transactions.
public struct WriteLanes: Service {
    private let lanes: [Lane]
    private let clock: StoreClock
    private let operationTimeout: Duration
    private let observer: (any LaneObserver)?

    init(
        settings: ConnectionSettings, directory: OrganisationDirectory, clock: StoreClock, signal: FeedSignal, sweeps: SweepSignal,
        options: Store.Options, logger: Logger
    ) {
        var settings = settings
        settings.setup += Self.planning
        self.clock = clock
        operationTimeout = options.operationTimeout
        observer = options.observer
        lanes = (0..<max(1, options.laneCount)).map { number in
            Lane(
                number: number, settings: settings, directory: directory, clock: clock, signal: signal, sweeps: sweeps,
                capacity: options.queueCapacity, observer: options.observer, logger: logger)
        }
    }

    /// The lanes' statements touch rows by key only. A plan that was made when a table was empty must not scan it for
    /// ever after.
    private static let planning = [
        "SET enable_seqscan = off", "SET enable_hashjoin = off", "SET enable_mergejoin = off", "SET enable_bitmapscan = off",
        "SET jit = off",
    ]

    /// Does one operation, together with whatever else waits.
    ///
    /// - Parameter state: what the caller knows of the organisation; the batch decides by what the database says.
    /// - Throws: `StoreError` `overloaded` at once when the queue is full, or when the operation waited too long;
    ///   `unavailable` when the database did not answer in time. The operation may be sent again.
    public func submit(_ operation: Operation, state: OrganisationState) async throws -> Outcome {
        let organisation = state.organisation.id
        let preparation = Preparation(operation, state: state, at: clock.now())
        let queuedAt = ContinuousClock.now
        let deadline = queuedAt.advanced(by: operationTimeout)
        let lane = lanes[Int(truncatingIfNeeded: organisation.low % UInt64(lanes.count))]
        let follower = observer?.follow(operation)
        do {
            let outcome = try await withCheckedThrowingContinuation { continuation in
                let ticket = Ticket(
                    operation: operation, organisation: organisation, preparation: preparation, deadline: deadline, queuedAt: queuedAt,
                    follower: follower, continuation: continuation)
                if !lane.queue.append(ticket) {
                    continuation.resume(throwing: StoreError(.overloaded, "too many calls wait already"))
                }
            }
            follower?.ended(outcome)
            return outcome
        } catch {
            follower?.ended(nil)
            throw error
        }
    }

    /// Serves until it is told to stop or cancelled, then finishes what waits.
    public func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                for lane in lanes { group.addTask { await lane.run() } }
            }
        } onCancelOrGracefulShutdown: {
            for lane in lanes { lane.queue.close() }
        }
    }

    /// How many operations were ever taken, for whoever works beside them and must not be noticed.
    public var submitted: Int { lanes.reduce(0) { $0 &+ $1.queue.taken } }

    /// Operations that wait now.
    public var depth: Int { lanes.reduce(0) { $0 + $1.queue.depth } }
}
