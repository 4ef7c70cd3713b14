internal import JSON
internal import Ledger

extension Refusal {
    /// The name of the problem that the caller was answered with.
    public var problem: String {
        switch self {
        case .unauthorized: "unauthorized"
        case .tagBound: "forbidden"
        case .tags(let faults): CallPricing.Fault.tags(faults).problem
        case .unknownModel: "unknown-model"
        case .usageMissing, .amountTooLarge, .balanceKey, .expiryPassed: "invalid-request"
        case .objected(let objections): objections.kind?.problem ?? "forbidden"
        case .decision: "forbidden"
        case .alreadyDecided: "already-decided"
        case .idempotencyMismatch: "idempotency-mismatch"
        case .notFound: "not-found"
        case .alreadySettled: "already-settled"
        case .tooLong: "invalid-request"
        }
    }

    /// Every verdict, as the fact keeps it.
    var verdicts: [UInt8] {
        var writer = JSONWriter(capacity: 256)
        switch self {
        case .objected(let objections): writer.objections(objections)
        case .tags(let faults):
            writer.array(faults) { writer, fault in
                switch fault {
                case .missing(let names): writer.string(names.joined(separator: "|"))
                case .value(let name, _): writer.string(name)
                }
            }
        case .unknownModel(let model): writer.array([model]) { $0.string($1) }
        case .tagBound(let name): writer.array([name]) { $0.string($1) }
        default: writer.array([String]()) { $0.string($1) }
        }
        return writer.bytes
    }
}

extension Violation {
    /// What a person is told who is asked to approve.
    var reason: String {
        let meter = identity.meter
        switch rule {
        case .perCall: return "a single call asks for \(meter.text(requested)), more than \(meter.text(limit))"
        case .limit:
            return "the call asks for \(meter.text(requested)); \(meter.text(held)) held and \(meter.text(spent)) spent of \(meter.text(limit))"
        }
    }
}

extension Objections {
    /// One thing that spoke against a call, as the fact keeps it.
    fileprivate enum Line {
        case rule(String)
        case suspension(Suspension)
        case freeze(Freeze)
        case violation(Violation)
    }

    fileprivate var lines: [Line] {
        var lines = rules.map { Line.rule($0.name) } + suspensions.map(Line.suspension) + freezes.map(Line.freeze)
        if let unreachableTier { lines.append(.rule("no route to \(unreachableTier)")) }
        if isUnmatched { lines.append(.rule("unmatched")) }
        return lines + violations.map(Line.violation)
    }
}

extension JSONWriter {
    fileprivate mutating func objections(_ objections: Objections) {
        array(objections.lines) { writer, line in
            writer.object { writer in
                switch line {
                case .rule(let name): writer.member("rule", name)
                case .suspension(let suspension): writer.member("suspension", suspension.id.description)
                case .freeze(let freeze): writer.member("frozen", freeze.envelope)
                case .violation(let violation): writer.violation(violation)
                }
            }
        }
    }

    private mutating func member(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    private mutating func violation(_ violation: Violation) {
        member("envelope", violation.identity.envelope)
        member("balance", violation.identity.id.description)
        member("rule", violation.rule.rawValue)
        member("action", violation.action.rawValue)
        for (name, value) in [
            ("limit", violation.limit), ("held", violation.held), ("spent", violation.spent), ("requested", violation.requested),
        ] {
            self.name(name)
            integer(value)
        }
    }
}
