internal import JSON
internal import Ledger
internal import LedgerStore

extension JSONWriter {
    /// A suspension with what became of it.
    mutating func suspension(_ stored: StoredSuspension) {
        object { writer in
            writer.name("id")
            writer.id(stored.id)
            writer.name("state")
            writer.string(stored.state.rawValue)
            writer.name("subject")
            writer.subject(stored.suspension.subject)
            writer.name("reason")
            writer.string(stored.suspension.reason)
            writer.name("rule")
            writer.string(stored.suspension.rule)
            writer.name("opened_at")
            writer.time(stored.suspension.openedAt)
            writer.name("opened_by")
            writer.string(stored.author)
            writer.name("lifted_at")
            writer.time(stored.lift?.at)
            writer.name("lifted_by")
            writer.string(stored.lift?.author)
            writer.name("lift_reason")
            writer.string(stored.lift?.reason)
            writer.name("allow_steps")
            if let steps = stored.lift?.allowSteps { writer.integer(steps) } else { writer.null() }
            writer.name("released_holds")
            writer.integer(stored.releasedHolds)
        }
    }
}
