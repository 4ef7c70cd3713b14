/// The counters that a batch has locked.
public struct CounterBook: Sendable {
    public private(set) var counters: [Counter]
    /// By slot: whether a decision changed the counter.
    public private(set) var changed: [Bool]
    private var slots: [Identifier: Int]

    public init(_ counters: [Counter] = []) {
        self.counters = counters
        changed = Array(repeating: false, count: counters.count)
        slots = Dictionary(minimumCapacity: counters.count)
        for (slot, counter) in counters.enumerated() { slots[counter.identity.id] = slot }
    }

    /// Where a counter is kept; nil if the batch did not lock it.
    public func slot(of counter: Identifier) -> Int? { slots.isEmpty ? nil : slots[counter] }

    /// Takes one more counter in, which the book must not have.
    public mutating func add(_ counter: Counter) {
        slots[counter.identity.id] = counters.count
        counters.append(counter)
        changed.append(false)
    }

    public mutating func change(_ slot: Int, at now: Timestamp, _ body: (inout Counter) -> Void) {
        body(&counters[slot])
        counters[slot].changedAt = max(counters[slot].changedAt, now)
        changed[slot] = true
    }

    /// Resets every counter of a subject, as the lifting of a suspension does.
    public mutating func reset(_ subject: Subject, allowSteps: Int64?, at now: Timestamp) {
        for slot in counters.indices where counters[slot].identity.subject == subject {
            let identity = counters[slot].identity
            let isBase = identity.scope.isEmpty && identity.tool == nil
            change(slot, at: now) { $0.reset(allowSteps: isBase ? allowSteps : nil, at: now) }
        }
    }
}
