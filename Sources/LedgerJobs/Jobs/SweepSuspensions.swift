internal import LedgerStore

/// Releases the open holds of suspended subjects that the replica which suspended them has not released: it is gone, or was
/// restarted.
struct SweepSuspensions: ScheduledJob {
    let name = "sweep-suspensions"
    let cadence = Cadence.every(seconds: 1)
    let sweeps: SuspensionSweeps

    func run(_ context: JobContext) async throws { try await sweeps.sweepDue() }
}
