internal import LedgerStore

/// Ends the holds that nobody settled in time.
struct ExpireHolds: ScheduledJob {
    let name = "expire-holds"
    let cadence = Cadence.every(seconds: 1)
    let holds: ExpiredHolds

    func run(_ context: JobContext) async throws {
        while try await holds.expireDue().mayBeMore { try Task.checkCancellation() }
    }
}
