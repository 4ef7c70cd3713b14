internal import Dispatch
internal import Ledger
internal import Synchronization

/// What waits for a lane: bounded, in order within an organisation, organisations in turn.
final class LaneQueue: Sendable {
    private struct State {
        var waiting: [Identifier: [Ticket]] = [:]
        var turns: [Identifier] = []
        var count = 0
        var taken = 0
        var isClosed = false
        var laneSleeps = false
    }

    let capacity: Int
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    init(capacity: Int) { self.capacity = capacity }

    /// False if the queue is full or closed; the ticket was not taken.
    func append(_ ticket: Ticket) -> Bool {
        let (taken, mustWake) = state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed, state.count < capacity else { return (false, false) }
            if state.waiting[ticket.organisation] == nil { state.turns.append(ticket.organisation) }
            state.waiting[ticket.organisation, default: []].append(ticket)
            state.count += 1
            state.taken &+= 1
            defer { state.laneSleeps = false }
            return (true, state.laneSleeps)
        }
        if mustWake { wake.signal() }
        return taken
    }

    /// The next batch: up to `limit` tickets of one organisation. Blocks the lane's thread until there is one; nil once
    /// the queue is closed and empty.
    func next(limit: Int) -> [Ticket]? {
        while true {
            let (batch, isClosed) = state.withLock { state -> ([Ticket]?, Bool) in
                if let batch = Self.take(limit, from: &state) { return (batch, false) }
                state.laneSleeps = !state.isClosed
                return (nil, state.isClosed)
            }
            if let batch { return batch }
            if isClosed { return nil }
            wake.wait()
        }
    }

    /// Takes out every ticket that cannot wait any longer.
    func removeExpired(at now: ContinuousClock.Instant) -> [Ticket] {
        state.withLock { state in
            var expired: [Ticket] = []
            for organisation in state.turns {
                guard let tickets = state.waiting[organisation] else { continue }
                let late = tickets.filter { $0.deadline <= now }
                guard !late.isEmpty else { continue }
                expired += late
                let rest = tickets.filter { $0.deadline > now }
                state.waiting[organisation] = rest.isEmpty ? nil : rest
            }
            state.turns.removeAll { state.waiting[$0] == nil }
            state.count -= expired.count
            return expired
        }
    }

    /// No ticket is taken from now on; those that wait are still served.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.laneSleeps = false
        }
        wake.signal()
    }

    var depth: Int { state.withLock { $0.count } }

    /// How many tickets were ever taken.
    var taken: Int { state.withLock { $0.taken } }

    private static func take(_ limit: Int, from state: inout State) -> [Ticket]? {
        guard let organisation = state.turns.first, var tickets = state.waiting[organisation] else { return nil }
        state.turns.removeFirst()
        state.waiting[organisation] = nil
        var batch = tickets
        if tickets.count > limit {
            batch = Array(tickets.prefix(limit))
            tickets.removeFirst(limit)
            state.waiting[organisation] = tickets
            state.turns.append(organisation)
        }
        state.count -= batch.count
        return batch
    }
}
