internal import JSON
internal import Ledger
internal import LedgerStore

/// What stops calls, and what a decision set off.
extension JSONWriter {
    /// The members of a problem that a suspension explains.
    mutating func suspension(_ suspension: Suspension) {
        name("suspension_id")
        id(suspension.id)
        name("subject")
        subject(suspension.subject)
        name("reason")
        string(suspension.reason)
        name("since")
        time(suspension.openedAt)
    }

    mutating func subject(_ subject: Subject) {
        object { writer in
            writer.name("type")
            writer.string(subject.kind.rawValue)
            writer.name("id")
            writer.string(subject.id)
        }
    }

    /// The members that tell who froze an envelope, and why.
    mutating func freeze(_ freeze: Freeze) {
        name("frozen_by")
        string(freeze.author)
        name("reason")
        string(freeze.reason)
        name("since")
        time(freeze.since)
    }

    /// An event as others are told of it; its data is what the fact keeps.
    mutating func event(_ event: StoredEvent) {
        object { writer in
            writer.name("id")
            writer.id(event.id)
            writer.name("kind")
            writer.string(event.kind)
            writer.name("at")
            writer.time(event.madeAt)
            writer.name("data")
            writer.raw(event.data)
        }
    }

    /// A change of one balance's limit, as it was booked.
    mutating func adjustment(_ adjustment: StoredAdjustment) {
        let meter = adjustment.identity.meter
        object { writer in
            writer.name("id")
            writer.id(adjustment.id)
            writer.name("envelope")
            writer.string(adjustment.identity.envelope)
            writer.name("balance_id")
            writer.id(adjustment.identity.id)
            writer.name("key")
            writer.key(adjustment.identity)
            writer.name("meter")
            writer.string(meter.rawValue)
            writer.name("amount")
            writer.amount(adjustment.amount, meter)
            writer.name("limit")
            writer.amount(adjustment.limit, meter)
            writer.name("held")
            writer.amount(adjustment.held, meter)
            writer.name("spent")
            writer.amount(adjustment.spent, meter)
            writer.name("reason")
            writer.string(adjustment.reason)
            writer.name("author")
            writer.string(adjustment.author)
            writer.name("at")
            writer.time(adjustment.madeAt)
            writer.name("expires_at")
            writer.time(adjustment.expiresAt)
        }
    }
}
