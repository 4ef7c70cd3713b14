internal import LedgerStore

/// Appends what was written to the chain of digests that shows whether the ledger was changed afterwards.
struct SealLedger: ScheduledJob {
    let name = "seal-ledger"
    let cadence = Cadence.every(seconds: 10)
    /// What an expired hold came to is sealed in the same pass.
    let after = ["expire-holds"]
    let sealer: Sealer

    func run(_ context: JobContext) async throws { try await sealer.sealDue() }
}
