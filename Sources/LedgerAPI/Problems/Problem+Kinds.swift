internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger

/// Every problem that the service answers with, in one place.
extension Problem {
    static func malformed(_ detail: String) -> Problem {
        Problem(.badRequest, "malformed", "Not JSON as agreed", detail)
    }

    static let idempotencyKeyMissing = Problem(
        .badRequest, "idempotency-key-missing", "Idempotency key missing",
        "Send the header Idempotency-Key with 1 to 255 visible ASCII characters, a new one for each call and the same one for each retry.")

    static let unauthorized = Problem(
        .unauthorized, "unauthorized", "Not authenticated",
        "Send the header Authorization: Bearer pk_<organisation>_<secret> with a key that is not revoked."
    ).with(.wwwAuthenticate, "Bearer")

    static func forbidden(_ detail: String) -> Problem {
        Problem(.forbidden, "forbidden", "Not allowed with this key", detail)
    }

    static func notFound(_ detail: String) -> Problem {
        Problem(.notFound, "not-found", "Not found", detail)
    }

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        let list = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        return Problem(.methodNotAllowed, "method-not-allowed", "Method not allowed", "This path takes \(list).").with(.allow, list)
    }

    static func conflict(_ detail: String) -> Problem {
        Problem(.conflict, "conflict", "Conflict", detail)
    }

    static func alreadySettled(_ ending: Ending) -> Problem {
        Problem(
            .conflict, "already-settled", "Already settled",
            "The hold was \(ending.state.rawValue) at \(ending.settledAt) by another request; nothing was booked now. See `settlement`."
        ).with(.settlement(ending))
    }

    static func tooLarge(limit: Int) -> Problem {
        Problem(.contentTooLarge, "too-large", "Body too large", "Send at most \(limit) bytes.")
    }

    static func unsupportedMediaType(_ expected: String) -> Problem {
        Problem(.unsupportedMediaType, "unsupported-media-type", "Unsupported media type", "Send the body as \(expected) and say so in Content-Type.")
    }

    static func invalid(_ errors: [FieldError]) -> Problem {
        let detail = errors.first.map { "\($0.pointer.isEmpty ? "The body" : $0.pointer): \($0.detail)" } ?? "The request is not valid."
        return Problem(.unprocessableContent, "invalid-request", "Invalid request", detail).with(.errors(errors))
    }

    static func invalid(_ pointer: String, _ detail: String) -> Problem {
        invalid([FieldError(pointer: pointer, detail: detail)])
    }

    static func policyInvalid(_ error: PolicyError) -> Problem {
        let errors = error.issues.prefix(100).map { FieldError(pointer: $0.pointer, line: $0.line, detail: $0.detail) }
        return Problem(
            .unprocessableContent, "policy-invalid", "Invalid policy",
            "The policy has \(error.issues.count) error\(error.issues.count == 1 ? "" : "s"); nothing was stored. See `errors`."
        ).with(.errors(errors))
    }

    static func tags(_ faults: [TagFault]) -> Problem {
        let errors = faults.map(\.fieldError)
        let isMissing = faults.contains { if case .missing = $0 { true } else { false } }
        return Problem(
            .unprocessableContent, isMissing ? "tags-missing" : "tag-value", isMissing ? "Tags missing" : "Tag value not allowed",
            errors.map { "\($0.pointer): \($0.detail)" }.joined(separator: "; ") + ". See /v1/tags/schema."
        ).with(.errors(errors))
    }

    static func unknownModel(_ model: String) -> Problem {
        Problem(
            .unprocessableContent, "unknown-model", "Unknown model",
            "The price catalogue has no price for '\(model)'; import one, or state the cost of the call."
        ).with(.errors([FieldError(pointer: "/model", detail: "no price is known for this model")]))
    }

    static let idempotencyMismatch = Problem(
        .unprocessableContent, "idempotency-mismatch", "Idempotency key used for another body",
        "This Idempotency-Key was used with another body; send the same body, or a new key for a new call.")

    static func importMismatch(_ format: String) -> Problem {
        Problem(
            .unprocessableContent, "idempotency-mismatch", "Idempotency key used for another body",
            "This Idempotency-Key names an import with format=\(format); send that format, or a new key for another log.")
    }

    static let overloaded = Problem(
        .serviceUnavailable, "overloaded", "Overloaded",
        "Too much work is waiting. Nothing was held; send the same request with the same key again in a second."
    ).with(.retryAfter, "1")

    static let tooManyStreams = Problem(
        .serviceUnavailable, "overloaded", "Overloaded",
        "This replica serves as many streams of events as it may, of one organisation or in all. Ask another replica, or again in a few seconds."
    ).with(.retryAfter, "5")

    static let tooManyExports = Problem(
        .serviceUnavailable, "overloaded", "Overloaded",
        "This replica writes as many exports as it may at once. Ask another replica, or again in a few seconds."
    ).with(.retryAfter, "5")

    static let tooManyImports = Problem(
        .serviceUnavailable, "overloaded", "Overloaded",
        "This replica reads as many logs as it may at once. Ask another replica, or again in a few seconds."
    ).with(.retryAfter, "5")

    static let importCutOff = Problem(
        .serviceUnavailable, "overloaded", "Overloaded",
        "This replica is stopped. Send the log again with the same Idempotency-Key: what was taken is not taken twice."
    ).with(.retryAfter, "5")

    static let storeUnavailable = Problem(
        .serviceUnavailable, "store-unavailable", "Database unavailable",
        "The database did not answer in time. Send the same request with the same key again; nothing is booked twice."
    ).with(.retryAfter, "1")

    static let internalError = Problem(
        .internalServerError, "internal", "Internal error",
        "The service failed on this request. Send it again with the same key; if it fails again, report it with the time.")
}

extension TagFault {
    fileprivate var fieldError: Problem.FieldError {
        switch self {
        case .missing(let names):
            let pointer = names.count == 1 ? "/tags/\(JSONPointer.escape(names[0]))" : "/tags"
            return .init(pointer: pointer, detail: names.count == 1 ? "this tag is missing" : "add one of \(names.joined(separator: ", "))")
        case .value(let name, let allowed):
            return .init(pointer: "/tags/\(JSONPointer.escape(name))", detail: "write one of \(allowed.joined(separator: ", "))")
        }
    }
}
