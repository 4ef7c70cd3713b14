import LedgerStore
import Synchronization
import TestSupport

/// Hears which breakers jobs trip.
final class TripRecorder: LaneObserver {
    private let heard = Mutex<[String]>([])

    /// `organisation rule`, in the order in which they came.
    var trips: [String] { heard.withLock { $0 } }

    /// A small replica with a test clock that tells this.
    var options: Store.Options {
        var options = RunningStore.testClock
        options.observer = self
        return options
    }

    func follow(_ operation: LedgerStore.Operation) -> (any LaneFollower)? { nil }

    func ended(_ batch: BatchReport) {}

    func tripped(_ rule: String, of organisation: Organisation) { heard.withLock { $0.append("\(organisation.name) \(rule)") } }
}
