internal import JSON
internal import Ledger
internal import LedgerStore

/// How the ledger's values look on the wire, once for all routes.
extension JSONWriter {
    /// Money in major units, as a string.
    mutating func money(_ nanos: Int64) {
        text { writer in Money(nanos: nanos).writeText { writer.byte($0) } }
    }

    /// An amount of any meter: money as a string, counts as integers.
    mutating func amount(_ value: Int64, _ meter: Meter) {
        if meter == .cost { money(value) } else { integer(value) }
    }

    mutating func id(_ id: Identifier) {
        text { writer in id.writeText { writer.byte($0) } }
    }

    mutating func time(_ time: Timestamp) {
        text { writer in time.writeText { writer.byte($0) } }
    }

    mutating func time(_ optional: Timestamp?) {
        if let optional { time(optional) } else { null() }
    }

    mutating func amounts(_ amounts: Amounts) {
        object { writer in
            writer.name("cost")
            writer.money(amounts.cost)
            writer.name("tokens")
            writer.integer(amounts.tokens)
            writer.name("model_calls")
            writer.integer(amounts.modelCalls)
            writer.name("tool_calls")
            writer.integer(amounts.toolCalls)
        }
    }

    mutating func amounts(_ optional: Amounts?) {
        if let optional { amounts(optional) } else { null() }
    }

    mutating func tags(_ tags: Tags) {
        object { writer in
            for tag in tags.entries {
                writer.name(tag.name)
                writer.string(tag.value)
            }
        }
    }

    mutating func key(_ identity: BalanceIdentity) {
        object { writer in
            for index in identity.names.indices where index < identity.values.count {
                writer.name(identity.names[index])
                writer.string(identity.values[index])
            }
        }
    }

    mutating func window(_ window: Window) {
        object { writer in
            writer.name("start")
            writer.time(window.start)
            writer.name("end")
            writer.time(window.end)
        }
    }

    /// The members that every view of a balance has.
    mutating func standing(_ view: BalanceView) {
        let identity = view.identity
        name("key")
        key(identity)
        name("meter")
        string(identity.meter.rawValue)
        name("limit")
        amount(view.limit, identity.meter)
        name("held")
        amount(view.held, identity.meter)
        name("spent")
        amount(view.spent, identity.meter)
        name("remaining")
        amount(view.remaining, identity.meter)
        name("used_percent")
        usedPercent(view)
        name("mode")
        string(view.shadow == nil ? "enforce" : "shadow")
        if let shadow = view.shadow {
            name("would")
            string(shadow.would?.rawValue)
        }
        if identity.isGrant {
            name("grant")
            bool(true)
        }
        name("window")
        window(identity.window)
    }

    /// A balance in the answer to a call.
    mutating func envelope(_ view: BalanceView) {
        object { writer in
            writer.name("name")
            writer.string(view.identity.envelope)
            writer.standing(view)
        }
    }

    /// What envelopes in shadow mode that keep no balance would have done; nothing where there are none.
    mutating func shadows(_ shadows: [Shadow]) {
        guard !shadows.isEmpty else { return }
        name("shadow")
        array(shadows) { writer, shadow in
            writer.object { writer in
                writer.name("envelope")
                writer.string(shadow.envelope)
                writer.name("would")
                writer.string(shadow.would?.rawValue)
            }
        }
    }

    /// A balance as a resource.
    mutating func balance(_ view: BalanceView) {
        object { writer in
            writer.name("id")
            writer.id(view.identity.id)
            writer.name("envelope")
            writer.string(view.identity.envelope)
            writer.standing(view)
        }
    }

    /// Per cent of the limit, two decimals, rounded down; 100 where the limit is zero.
    private mutating func usedPercent(_ view: BalanceView) {
        guard view.limit > 0 else { return integer(100) }
        let used = Int128(view.held) + Int128(view.spent)
        let hundredths = Int64(clamping: used * 10_000 / Int128(view.limit))
        var digits: [UInt8] = []
        ExactDecimal.write(hundredths, scale: 2) { digits.append($0) }
        raw(digits)
    }

    mutating func violation(_ violation: Violation) {
        let meter = violation.identity.meter
        object { writer in
            writer.name("envelope")
            writer.string(violation.identity.envelope)
            writer.name("key")
            writer.key(violation.identity)
            writer.name("meter")
            writer.string(meter.rawValue)
            writer.name("rule")
            writer.string(violation.rule.rawValue)
            writer.name("action")
            writer.string(violation.action.rawValue)
            writer.name("limit")
            writer.amount(violation.limit, meter)
            writer.name("held")
            writer.amount(violation.held, meter)
            writer.name("spent")
            writer.amount(violation.spent, meter)
            writer.name("requested")
            writer.amount(violation.requested, meter)
            writer.name("resets_at")
            writer.time(violation.action == .refuse ? violation.resetsAt : nil)
            if let approval = violation.approval {
                writer.name("approval_id")
                writer.id(approval)
            }
        }
    }
}

extension BalanceView {
    /// What may still be held or spent; negative beyond the limit.
    var remaining: Int64 { Int64(clamping: Int128(limit) - Int128(held) - Int128(spent)) }
}
