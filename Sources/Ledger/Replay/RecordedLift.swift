/// A person's end to what suspended a subject.
public struct RecordedLift: Sendable {
    public let at: Timestamp
    public let subject: Subject
    /// So many steps on trial; nil: as before the suspension.
    public let allowSteps: Int64?

    public init(at: Timestamp, subject: Subject, allowSteps: Int64?) {
        self.at = at
        self.subject = subject
        self.allowSteps = allowSteps
    }
}
