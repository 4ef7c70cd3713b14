/// What the simulation made of a call whose end is still to come.
struct SimulatedHold {
    struct Part {
        let identity: BalanceIdentity
        /// Nil for the balance of a run's grants.
        let envelope: Envelope?
        let amount: Int64
    }

    let labels: ReplayLabels
    /// Nil: the call was not admitted.
    let held: Held?

    struct Held {
        let model: String?
        /// Whether the record names the same model.
        let isRecordedModel: Bool
        let openedAt: Timestamp
        let parts: [Part]
        /// Those of breakers that await the end.
        var counters: [Identifier] = []
        /// When these counted it.
        var countedAt = Timestamp(microseconds: 0)
        var isToolCall = false
        var hasState = false
    }
}
