/// A person's no to a run, which holds until the window ends.
public struct RecordedRejection: Sendable {
    public let at: Timestamp
    public let scope: Identifier
    public let approval: Identifier

    public init(at: Timestamp, scope: Identifier, approval: Identifier) {
        self.at = at
        self.scope = scope
        self.approval = approval
    }
}
