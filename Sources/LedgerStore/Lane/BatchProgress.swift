internal import Ledger
internal import Postgres

/// What is known of the way of a batch until it is on disk.
struct BatchProgress {
    let isObserved: Bool
    private let start = ContinuousClock.now
    private var trips: [RoundTrip] = []

    init(isObserved: Bool) { self.isObserved = isObserved }

    /// Makes one trip, and tells those who follow an operation of it. Nothing is measured where nobody observes.
    mutating func travel(_ kind: RoundTrip.Kind, _ tickets: [Ticket], _ body: () throws -> [Rows]) throws -> [Rows] {
        guard isObserved else { return try body() }
        let start = ContinuousClock.now
        let results = Result { try body() }
        let trip = RoundTrip(
            kind: kind, start: start, duration: ContinuousClock.now - start, operations: tickets.count, succeeded: (try? results.get()) != nil)
        trips.append(trip)
        for ticket in tickets { ticket.follower?.made(trip) }
        return try results.get()
    }

    func report(_ tickets: [Ticket], _ outcomes: [Outcome], _ decider: BatchDecider, of organisation: Organisation) -> BatchReport {
        BatchReport(tickets, outcomes, decider, of: organisation, began: start, trips: trips)
    }
}
