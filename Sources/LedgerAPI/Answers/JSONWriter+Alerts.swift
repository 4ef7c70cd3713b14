internal import JSON
internal import Ledger
internal import LedgerStore

/// What owners are told.
extension JSONWriter {
    /// - Parameter channels: by which the owner is reached, by the policy in force.
    mutating func alert(_ alert: StoredAlert, channels: [String]) {
        object { writer in
            writer.name("id")
            writer.id(alert.id)
            writer.name("kind")
            writer.string(alert.percent == nil ? "large_call" : "threshold")
            writer.name("envelope")
            writer.string(alert.envelope)
            writer.name("balance_id")
            writer.string(alert.balance?.description)
            writer.name("key")
            writer.raw(alert.key)
            writer.name("at")
            writer.time(alert.at)
            writer.name("percent")
            writer.integer(alert.percent)
            writer.name("owner")
            writer.string(alert.owner)
            writer.name("channels")
            writer.array(channels) { $0.string($1) }
            writer.name("unreachable")
            writer.bool(channels.isEmpty)
            writer.name("message")
            writer.string(alert.message)
            writer.name("playbook")
            writer.string(alert.playbook)
            writer.measurement(alert.measurement)
            writer.links(of: alert)
            writer.name("acknowledged_at")
            writer.time(alert.acknowledgement?.at)
            writer.name("acknowledged_by")
            writer.string(alert.acknowledgement?.author)
            writer.name("note")
            writer.string(alert.acknowledgement?.note)
            writer.name("cleared_at")
            writer.time(alert.clearedAt)
        }
    }

    private mutating func measurement(_ measurement: StoredAlert.Measurement?) {
        name("measured_at")
        time(measurement?.at)
        name("burn_rate")
        if let measurement { raw(measurement.burnRate) } else { null() }
        name("exhausted_at")
        if let measurement { raw(measurement.exhaustedAt) } else { null() }
        name("top_spenders")
        if let measurement { raw(measurement.topSpenders) } else { array([String]()) { $0.string($1) } }
    }

    /// Names of envelopes need no escape.
    private mutating func links(of alert: StoredAlert) {
        name("links")
        object { writer in
            writer.name("alert")
            writer.string("/v1/alerts/\(alert.id)")
            writer.name("envelope")
            writer.string("/v1/envelopes/\(alert.envelope)")
            writer.name("history")
            // A single call that was too large leaves no trace on a balance.
            writer.string(alert.percent == nil ? nil : alert.balance.map { "/v1/balances/\($0)/history" })
        }
    }
}
