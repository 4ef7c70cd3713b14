internal import JSON
internal import Ledger
internal import Postgres

/// The events that a batch records, column by column, each with its row in the outbox.
struct EventColumns {
    private(set) var ids: [Identifier] = []
    private var kinds: [String] = []
    private var envelopes: [String] = []
    private var balances: [Identifier?] = []
    private var data: [[UInt8]] = []
    private(set) var effects: [BatchReport.Effect] = []

    mutating func append(_ event: Event, id: Identifier) {
        effects.append(BatchReport.Effect(kind: event.kind, name: event.rule ?? event.envelope))
        ids.append(id)
        kinds.append(event.kind.rawValue)
        envelopes.append(event.envelope)
        balances.append(event.identity?.id)
        data.append(EventJSON.encode(event))
    }

    func insert(organisation: Identifier, at now: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuidArray(ids)
        parameters.textArray(kinds)
        parameters.textArray(envelopes)
        parameters.uuidArray(balances)
        parameters.jsonbArray(data)
        return PipelineStep(EventStatements.insert, parameters)
    }

    /// - Parameter moment: by the database's own clock.
    func insertOutbox(organisation: Identifier, at moment: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: moment.microseconds)
        parameters.uuidArray(ids)
        return PipelineStep(EventStatements.insertOutbox, parameters)
    }

    /// Records the events in a transaction that is no batch, after what they tell of.
    func write(organisation: Identifier, at now: Timestamp, in session: Session) throws {
        let moment = try DatabaseClock.moment(in: session)
        _ = try session.pipeline([insert(organisation: organisation, at: now), insertOutbox(organisation: organisation, at: moment)])
    }
}

/// What an event says, as the fact keeps it and as others are told: amounts as on the wire.
enum EventJSON {
    static func encode(_ event: Event) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.object { writer in
            if !event.envelope.isEmpty {
                writer.name("envelope")
                writer.string(event.envelope)
            }
            writer.name("reason")
            writer.string(event.reason)
            for (name, value) in [("rule", event.rule), ("owner", event.owner), ("playbook", event.playbook), ("tier", event.tier)] {
                guard let value else { continue }
                writer.name(name)
                writer.string(value)
            }
            if let step = event.step {
                writer.name("at")
                writer.integer(step)
            }
            if let subject = event.subject {
                writer.name("subject")
                writer.object { writer in
                    writer.name("type")
                    writer.string(subject.kind.rawValue)
                    writer.name("id")
                    writer.string(subject.id)
                }
            }
            if let related = event.related {
                writer.name("related_id")
                writer.string(related.description)
            }
            if let opening = event.opening { writer.opening(opening) }
            if let question = event.question, let meter = event.identity?.meter {
                writer.name("requested")
                writer.amount(question.requested, meter)
                writer.name("expires_at")
                writer.string(question.expiresAt.description)
            }
            if let tags = event.tags {
                writer.name("tags")
                writer.object { writer in
                    for tag in tags.entries {
                        writer.name(tag.name)
                        writer.string(tag.value)
                    }
                }
            }
            if let identity = event.identity { writer.balance(identity, event) }
        }
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func amount(_ amount: Int64, _ meter: Meter) {
        if meter == .cost { string(meter.text(amount)) } else { integer(amount) }
    }

    /// The members of an event that tell of one balance.
    fileprivate mutating func balance(_ identity: BalanceIdentity, _ event: Event) {
        name("balance_id")
        string(identity.id.description)
        name("key")
        object { writer in
            for (name, value) in zip(identity.names, identity.values) {
                writer.name(name)
                writer.string(value)
            }
        }
        name("meter")
        string(identity.meter.rawValue)
        for (field, amount) in [("limit", event.limit), ("held", event.held), ("spent", event.spent)] where event.hasStanding {
            name(field)
            self.amount(amount, identity.meter)
        }
        window(identity.window)
    }

    /// The members of an event that tells of a window that began.
    fileprivate mutating func opening(_ opening: Event.Opening) {
        window(opening.window)
        name("keys")
        integer(opening.keys)
        name("missed")
        integer(opening.missed)
    }

    private mutating func window(_ window: Window) {
        name("window")
        object { writer in
            writer.name("start")
            writer.string(window.start?.description)
            writer.name("end")
            writer.string(window.end?.description)
        }
    }
}
