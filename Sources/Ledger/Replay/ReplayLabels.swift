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
