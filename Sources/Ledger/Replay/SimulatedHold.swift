/// What the simulation made of a call whose end is still to come.
struct SimulatedHold {
    struct Part {
        let identity: BalanceIdentity
        let envelope: Envelope
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
    }
}

/// The rows of the report that a call counts in.
struct ReplayLabels {
    let workflow: String
    let agent: String
    /// Those that spoke, the first of them for its money.
    let envelopes: [String]

    init(_ tags: Tags, envelopes: [String]) {
        workflow = tags["workflow_name"] ?? ReplayReport.untagged
        agent = tags["agent_id"] ?? ReplayReport.untagged
        self.envelopes = envelopes
    }
}
