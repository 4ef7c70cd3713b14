/// What an envelope in shadow mode would have done to a call.
public struct Shadow: Hashable, Sendable {
    public let envelope: String
    /// Nil: nothing.
    public let would: PlanStep.Action?

    public init(envelope: String, would: PlanStep.Action?) {
        self.envelope = envelope
        self.would = would
    }
}
