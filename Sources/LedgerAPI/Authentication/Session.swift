internal import LedgerStore

/// Who is signed in at the dashboard. A page asks the interface in his name: no header says who asks, so that nothing that comes
/// over the wire can.
struct Session: Sendable {
    let organisation: String
    let holder: SessionHolder

    /// Of the visitor for whom this task asks.
    @TaskLocal static var current: Session?
}
