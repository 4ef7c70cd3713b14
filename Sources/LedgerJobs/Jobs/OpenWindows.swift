internal import LedgerStore
internal import Logging

/// Opens the windows of a day and longer when they begin, and carries credit over.
struct OpenWindows: ScheduledJob {
    let name = "open-windows"
    let cadence = Cadence.every(seconds: 60)
    /// What is held at the end of a window is not carried out of it, so holds that are over must have ended.
    let after = ["expire-holds"]
    let windows: WindowKeeper
    let logger: Logger

    func run(_ context: JobContext) async throws {
        let failures = try await windows.openDue()
        for (organisation, error) in failures {
            logger.warning("the windows of an organisation could not be opened", metadata: ["org": "\(organisation.name)", "error": "\(error)"])
        }
        guard let first = failures.first else { return }
        throw JobFailure("\(failures.count) organisations failed, the first '\(first.organisation.name)': \(first.error)")
    }
}
