internal import JSON
internal import Ledger

/// What an alert tells beside its event, once it was measured.
struct AlertMeasurement {
    /// How many facts are looked at.
    static let factLimit = 50

    let at: Timestamp
    let rate: BurnRate?
    let exhaustedAt: Timestamp?
    let spenders: [TopSpender]

    /// - Parameters:
    ///   - changes: newest first, `factLimit` at most.
    ///   - isWhole: these are all the facts of the balance.
    init(_ changes: [UseChange], isWhole: Bool, remaining: Int64, window: Window, now: Timestamp) {
        // Facts that are newer than this replica's clock are as new as can be.
        let now = max(now, changes.first?.at ?? now)
        // A window that is over is measured to its end.
        let until = min(now, window.end ?? now)
        at = now
        rate = BurnRate(changes, until: until, windowStart: isWhole ? window.start : nil)
        exhaustedAt = BurnRate.exhaustion(rate, remaining: remaining, now: until, windowEnd: window.end)
        spenders = TopSpender.rank(changes)
    }

    /// A JSON object; the members are those of an alert in the interface.
    func encode(alert: Identifier, envelope: String, identity: BalanceIdentity, playbook: String?) -> [UInt8] {
        var writer = JSONWriter(capacity: 1_024)
        writer.object { writer in
            writer.name("measured_at")
            writer.string(at.description)
            writer.name("burn_rate")
            if let rate { writer.rate(rate, identity.meter) } else { writer.null() }
            writer.name("exhausted_at")
            writer.string(exhaustedAt?.description)
            writer.name("window_end")
            writer.string(identity.window.end?.description)
            writer.name("lasts_until_window_end")
            writer.bool(exhaustedAt == nil)
            writer.name("top_spenders")
            writer.array(spenders) { $0.spender($1, identity.meter) }
            writer.name("links")
            writer.alertLinks(alert: alert, envelope: envelope, balance: identity.id)
            writer.name("playbook")
            writer.string(playbook)
        }
        return writer.bytes
    }

    /// The same where there is no balance to measure: a single call was too large.
    static func encode(alert: Identifier, envelope: String, at now: Timestamp, playbook: String?) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.object { writer in
            writer.name("measured_at")
            writer.string(now.description)
            writer.name("burn_rate")
            writer.null()
            writer.name("exhausted_at")
            writer.null()
            writer.name("window_end")
            writer.null()
            writer.name("lasts_until_window_end")
            writer.bool(true)
            writer.name("top_spenders")
            writer.array([TopSpender]()) { $0.spender($1, .cost) }
            writer.name("links")
            writer.alertLinks(alert: alert, envelope: envelope, balance: nil)
            writer.name("playbook")
            writer.string(playbook)
        }
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func rate(_ rate: BurnRate, _ meter: Meter) {
        object { writer in
            writer.name("per_hour")
            writer.metered(rate.perHour, meter)
            writer.name("measured_from")
            writer.string(rate.from.description)
            writer.name("measured_until")
            writer.string(rate.until.description)
            writer.name("facts")
            writer.integer(Int64(rate.facts))
        }
    }

    fileprivate mutating func spender(_ top: TopSpender, _ meter: Meter) {
        object { writer in
            writer.name("type")
            writer.string(top.spender.kind.rawValue)
            writer.name("id")
            writer.string(top.spender.id)
            writer.name("amount")
            writer.metered(top.amount, meter)
            writer.name("share_percent")
            var digits: [UInt8] = []
            ExactDecimal.write(top.share, scale: 2) { digits.append($0) }
            writer.raw(digits)
        }
    }

    private mutating func metered(_ amount: Int64, _ meter: Meter) {
        if meter == .cost { string(meter.text(amount)) } else { integer(amount) }
    }

    /// Paths of the interface, on whatever address it is reached. Names of envelopes need no escape.
    fileprivate mutating func alertLinks(alert: Identifier, envelope: String, balance: Identifier?) {
        object { writer in
            writer.name("alert")
            writer.string("/v1/alerts/\(alert)")
            writer.name("envelope")
            writer.string("/v1/envelopes/\(envelope)")
            writer.name("history")
            writer.string(balance.map { "/v1/balances/\($0)/history" })
        }
    }
}
