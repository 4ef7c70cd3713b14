internal import JSON
internal import Ledger
internal import LedgerStore

/// What workflows brought about.
extension JSONWriter {
    mutating func outcome(_ stored: StoredOutcome) {
        let outcome = stored.outcome
        object { writer in
            writer.name("id")
            writer.id(stored.id)
            writer.name("workflow_name")
            writer.string(outcome.workflow)
            writer.name("kind")
            writer.string(outcome.kind)
            writer.name("count")
            writer.integer(outcome.count)
            writer.name("value")
            writer.string(outcome.value?.description)
            writer.name("quality")
            writer.decimal(outcome.quality, scale: 3)
            writer.name("human_minutes")
            writer.decimal(outcome.humanMinutes, scale: 3)
            writer.name("rework_minutes")
            writer.decimal(outcome.reworkMinutes, scale: 3)
            writer.name("run_ids")
            writer.array(outcome.runs) { $0.string($1) }
            writer.name("from")
            writer.time(outcome.began)
            writer.name("to")
            writer.time(outcome.ended)
            writer.name("recorded_at")
            writer.time(stored.recordedAt)
            writer.name("recorded_by")
            writer.string(stored.author)
        }
    }

    /// `value × 10^-scale` as a JSON number; null for nothing.
    mutating func decimal(_ value: Int64?, scale: Int) {
        guard let value else { return null() }
        raw(ExactDecimal.text(value, scale: scale).utf8)
    }
}
