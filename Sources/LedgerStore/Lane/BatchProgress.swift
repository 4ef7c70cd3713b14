internal import Ledger

/// What is known of the way of a batch until it is on disk.
struct BatchProgress {
    let start = ContinuousClock.now
    var trips: [RoundTrip] = []

    func report(_ tickets: [Ticket], _ outcomes: [Outcome], _ decider: BatchDecider, of organisation: Organisation) -> BatchReport {
        var entries: [BatchReport.Entry] = []
        entries.reserveCapacity(tickets.count)
        for (ticket, outcome) in zip(tickets, outcomes) {
            let hold = ticket.operation.reservation.flatMap { decider.holds[$0] }
            entries.append(
                BatchReport.Entry(
                    operation: ticket.operation, outcome: outcome,
                    hold: hold.map { BatchReport.HoldFacts(model: $0.model, tool: $0.tool, storedTags: $0.tags) },
                    wait: max(.zero, start - ticket.queuedAt)))
        }
        // The first trip of each attempt reads.
        let attempts = trips.count { $0.kind == .read }
        return BatchReport(
            organisation: organisation, at: decider.now, entries: entries, effects: decider.writes.events.effects, trips: trips,
            restarts: max(0, attempts - 1))
    }
}
