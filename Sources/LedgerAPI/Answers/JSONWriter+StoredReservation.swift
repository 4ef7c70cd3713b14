internal import JSON
internal import Ledger
internal import LedgerStore

extension JSONWriter {
    /// A hold as a resource, to the present.
    mutating func reservation(_ stored: StoredReservation) {
        let settled = stored.late ?? stored.end
        object { writer in
            writer.name("id")
            writer.id(stored.id)
            writer.name("state")
            writer.string(stored.end?.state.rawValue ?? "held")
            writer.name("decision")
            writer.string(stored.decision)
            writer.name("model")
            writer.string(stored.model)
            writer.name("requested_model")
            writer.string(stored.requestedModel)
            writer.name("tool")
            writer.string(stored.tool)
            writer.name("reason")
            writer.string(stored.reason)
            writer.name("tags")
            writer.tags(stored.tags)
            writer.name("held")
            writer.amounts(stored.held)
            writer.name("opened_at")
            writer.time(stored.openedAt)
            writer.name("expires_at")
            writer.time(stored.openUntil ?? stored.promisedExpiry)
            writer.name("step")
            writer.integer(stored.step)
            writer.name("state_hash")
            writer.string(stored.stateHash)
            writer.name("envelopes")
            writer.array(stored.balances) { $0.envelope($1) }
            writer.shadows(stored.admitted.shadows)
            writer.name("charged")
            writer.amounts(stored.end?.charged)
            writer.name("late_charge")
            writer.amounts(stored.late?.charged)
            writer.name("usage")
            writer.usage(settled?.usage)
            writer.name("usage_source")
            writer.string(settled?.source)
            writer.name("status")
            writer.string(settled?.status)
            writer.name("latency_ms")
            writer.integer(settled?.latencyMilliseconds)
            writer.name("settled_at")
            writer.time(stored.end?.settledAt)
        }
    }
}
