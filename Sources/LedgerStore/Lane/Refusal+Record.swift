internal import JSON
internal import Ledger

extension Refusal {
    /// The name of the problem that the caller was answered with.
    var problem: String {
        switch self {
        case .unauthorized: "unauthorized"
        case .tagBound: "forbidden"
        case .tagsMissing: "tags-missing"
        case .unknownModel: "unknown-model"
        case .usageMissing, .amountTooLarge: "invalid-request"
        case .exhausted(let violations): violations.allSatisfy(\.isRateLimit) ? "rate-limited" : "envelope-exhausted"
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
        case .exhausted(let violations):
            writer.array(violations) { writer, violation in
                writer.object { writer in
                    writer.name("envelope")
                    writer.string(violation.identity.envelope)
                    writer.name("balance")
                    writer.string(violation.identity.id.description)
                    writer.name("rule")
                    writer.string(violation.rule.rawValue)
                    for (name, value) in [
                        ("limit", violation.limit), ("held", violation.held), ("spent", violation.spent), ("requested", violation.requested),
                    ] {
                        writer.name(name)
                        writer.integer(value)
                    }
                }
            }
        case .tagsMissing(let names): writer.array(names) { $0.string($1) }
        case .unknownModel(let model): writer.array([model]) { $0.string($1) }
        case .tagBound(let name): writer.array([name]) { $0.string($1) }
        default: writer.array([String]()) { $0.string($1) }
        }
        return writer.bytes
    }
}
