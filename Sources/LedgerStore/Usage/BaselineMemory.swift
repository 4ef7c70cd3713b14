internal import Ledger
internal import Synchronization

/// The last week of those who were looked at in this hour, so that it is read once an hour and not with every look. What is
/// lost with the process is read again.
final class BaselineMemory: Sendable {
    /// Beyond it all is forgotten.
    static let capacity = 1_000

    struct Key: Hashable {
        let organisation: Identifier
        let policyVersion: Int64
        let subject: Identifier
        /// The hours since 1970.
        let hour: Int64
    }

    private let known = Mutex<[Key: [Int64: Int64]]>([:])

    func slices(of key: Key) -> [Int64: Int64]? { known.withLock { $0[key] } }

    func keep(_ slices: [Int64: Int64], of key: Key) {
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll() }
            known = known.filter { $0.key.hour == key.hour }
            known[key] = slices
        }
    }
}
