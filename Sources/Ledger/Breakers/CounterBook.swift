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

    /// Whether it is the counter that keeps a subject's probation, and there is one.
    func isOnProbation(_ counter: CounterIdentity) -> Bool {
        guard counter.isBase, let slot = slot(of: counter.id) else { return false }
        return counters[slot].probation != nil
    }

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
        let slots = counters.indices.filter { counters[$0].identity.subject == subject }
        let moment = Counter.momentToReset(slots.map { counters[$0].changedAt }, at: now)
        for slot in slots {
            let isBase = counters[slot].identity.isBase
            change(slot, at: moment) { $0.reset(allowSteps: isBase ? allowSteps : nil, at: moment) }
        }
    }

    /// The time of a decision on a call: never before what its counters have seen.
    public func moment(for claims: [CounterClaim], at now: Timestamp) -> Timestamp {
        claims.reduce(now) { moment, claim in slot(of: claim.identity.id).map { max(moment, counters[$0].changedAt) } ?? moment }
    }
}
