internal import JSON
internal import Ledger
internal import LedgerStore

/// What was unlike before.
extension JSONWriter {
    /// - Parameter channels: by which the owner is reached, by the policy in force.
    mutating func anomaly(_ anomaly: StoredAnomaly, channels: [String]) {
        object { writer in
            writer.name("id")
            writer.id(anomaly.id)
            writer.name("kind")
            writer.string(anomaly.kind.rawValue)
            writer.name("state")
            writer.string(anomaly.closure == nil ? "open" : "closed")
            writer.name("at")
            writer.time(anomaly.foundAt)
            writer.name("message")
            writer.string(anomaly.message)
            writer.subject(of: anomaly)
            writer.comparison(of: anomaly)
            writer.name("steps")
            writer.raw(anomaly.steps)
            writer.name("owner")
            writer.string(anomaly.owner)
            writer.name("channels")
            writer.array(channels) { $0.string($1) }
            writer.name("unreachable")
            writer.bool(channels.isEmpty)
            writer.name("playbook")
            writer.string(anomaly.playbook)
            writer.name("suspension_id")
            writer.string(anomaly.suspension?.description)
            writer.closure(of: anomaly)
        }
    }

    private mutating func subject(of anomaly: StoredAnomaly) {
        name("key")
        raw(anomaly.tags)
        for (name, value) in [
            ("agent_id", anomaly.agentID), ("workflow_name", anomaly.workflow), ("run_id", anomaly.runID), ("step_name", anomaly.step),
            ("model", anomaly.model),
        ] {
            self.name(name)
            string(value)
        }
    }

    /// Money as a string, ratios as a decimal in a string too.
    private mutating func comparison(of anomaly: StoredAnomaly) {
        name("unit")
        string(anomaly.kind.isMoney ? "cost" : anomaly.kind == .tagCoverage ? "share" : "ratio")
        for (name, value) in [("baseline", anomaly.baseline), ("observed", anomaly.observed)] {
            self.name(name)
            string(anomaly.kind.isMoney ? Money(nanos: value).description : ExactDecimal.text(value, scale: 3))
        }
        name("at_stake")
        string(anomaly.atStake.description)
    }

    private mutating func closure(of anomaly: StoredAnomaly) {
        name("closed_at")
        time(anomaly.closure?.at)
        name("closed_by")
        string(anomaly.closure?.author)
        name("outcome")
        string(anomaly.closure?.outcome.rawValue)
        name("reason")
        string(anomaly.closure?.reason)
    }
}
