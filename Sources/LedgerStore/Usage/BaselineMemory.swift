internal import Ledger
internal import Synchronization

/// The last week of those who were looked at in this hour, so that it is read once an hour and not with every look. What is
/// lost with the process is read again.
final class BaselineMemory: Sendable {
    /// Beyond it the oldest are forgotten.
    static let capacity = 1_000

    struct Key: Hashable {
        let organisation: Identifier
        let policyVersion: Int64
        let subject: Identifier
        /// The hours since 1970.
        let hour: Int64
    }

    private struct Memory {
        var slices: [Key: [Int64: Int64]] = [:]
        /// The keys as they came.
        var order: [Key] = []
    }

    private let memory = Mutex(Memory())

    func slices(of key: Key) -> [Int64: Int64]? { memory.withLock { $0.slices[key] } }

    func keep(_ slices: [Int64: Int64], of key: Key) {
        memory.withLock { memory in
            if memory.slices.updateValue(slices, forKey: key) == nil { memory.order.append(key) }
            let excess = memory.order.prefix { $0.hour < key.hour }.count
            let forgotten = memory.order.prefix(max(excess, memory.order.count - Self.capacity))
            for old in forgotten { memory.slices[old] = nil }
            memory.order.removeFirst(forgotten.count)
        }
    }
}
