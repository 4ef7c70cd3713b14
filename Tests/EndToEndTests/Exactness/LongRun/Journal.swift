import Synchronization

/// What the clients of a run were told, and a plain model of what follows from it.
final class Journal: Sendable {
    struct State: Sendable {
        var promises: [String: Promise] = [:]
        var directCharges: [String: SettlementAnswer] = [:]
        var violations: [ViolationView] = []
        var refusals = 0
        var operations = 0
        /// How often each kind of thing happened.
        var counts: [String: Int] = [:]
        /// Answers that contradict what the service had said, or that its contract does not have.
        var faults: [String] = []
        /// The latest time to which the test clock was sent, perhaps not there yet.
        var clock = Moment(microseconds: 0)
    }

    private let state = Mutex(State())

    var now: State { state.withLock { $0 } }

    func change<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result { state.withLock { body(&$0) } }

    func fault(_ text: String) {
        state.withLock { state in
            if state.faults.count < 50 { state.faults.append(text) }
        }
    }

    func expect(_ condition: Bool, _ text: @autoclosure () -> String) {
        if !condition { fault(text()) }
    }

    func count(_ what: String) { state.withLock { $0.counts[what, default: 0] += 1 } }
}
