internal import LedgerStore

/// Makes the partitions of the months ahead, long before they are needed.
struct CreatePartitions: ScheduledJob {
    let name = "create-partitions"
    let cadence = Cadence.daily(hour: 2)
    let partitions: PartitionKeeper

    func run(_ context: JobContext) async throws { try await partitions.create(from: context.now, monthsAhead: 3) }
}
