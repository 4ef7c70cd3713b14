import LedgerStore

@testable import LedgerAPI

extension JobControl {
    /// A server without scheduled jobs.
    static let none = JobControl(runDue: {}, list: { [] }, runNow: { _ in .unknown })
}
