internal import LedgerStore
internal import Synchronization
internal import Telemetry

/// What a request's way through its route told of it, for the access log and metrics.
final class RequestNotes: Sendable {
    struct Facts: Sendable {
        var organisation: String?
        var key: APIKey?
        var problem: String?
    }

    /// Of the request that this task serves; nil where nobody listens.
    @TaskLocal static var current: RequestNotes?

    /// Of the request; nil where nothing is traced.
    let span: TraceSpan?
    private let state = Mutex(Facts())

    init(span: TraceSpan?) { self.span = span }

    var facts: Facts { state.withLock { $0 } }

    func note(_ caller: Caller) {
        state.withLock {
            $0.organisation = caller.organisation.name
            $0.key = caller.key
        }
    }

    func note(_ problem: Problem) { state.withLock { $0.problem = problem.name } }
}
