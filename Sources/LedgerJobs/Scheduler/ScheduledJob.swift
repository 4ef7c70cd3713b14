/// Something that Purser does on its own, again and again.
///
/// A run may happen twice for one due time (its replica vanished in the middle, or was too slow to keep its claim). So
/// every effect that must happen once is guarded by a unique key in the effect's own transaction.
public protocol ScheduledJob: Sendable {
    /// In kebab-case; unique, and never changed, since the state of the job is kept under it.
    var name: String { get }
    var cadence: Cadence { get }
    var catchUp: CatchUp { get }
    /// Names of jobs that go first when they are due at the same time.
    var after: [String] { get }

    /// Does everything that is due. Cheap where nothing is; stops where its task is cancelled.
    func run(_ context: JobContext) async throws
}

extension ScheduledJob {
    public var catchUp: CatchUp { .latest }
    public var after: [String] { [] }
}
