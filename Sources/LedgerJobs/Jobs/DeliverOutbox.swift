/// Gives events to the queues of webhooks and has what is due sent: what time, another replica or a crash has left. What
/// this replica writes is sent at once, without it. Does not wait for endpoints: a slow one must not make the others late.
struct DeliverOutbox: ScheduledJob {
    let name = "deliver-outbox"
    let cadence = Cadence.every(seconds: 1)
    let sender: DeliverySender

    func run(_ context: JobContext) async throws {
        try await sender.enqueueDue()
        sender.wake()
    }
}
