internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

extension Problem {
    /// The problem that tells a caller why nothing was booked.
    init(_ refusal: Refusal, now: Timestamp) {
        switch refusal {
        case .unauthorized: self = .unauthorized
        case .tagBound(let name): self = .forbidden("The key is bound to another value of the tag '\(name)'; leave the tag out or use another key.")
        case .tags(let faults): self = .tags(faults)
        case .unknownModel(let model): self = .unknownModel(model)
        case .usageMissing: self = .invalid("/usage", "say what the call used: input_tokens and output_tokens, or a cost")
        case .amountTooLarge: self = .invalid("", "the amount is larger than the ledger can hold")
        case .objected(let objections): self = .objected(objections, now: now)
        case .balanceKey(let names):
            self = .invalid(
                "/key", names.isEmpty ? "the envelope has one balance; leave the key out" : "name the balance by \(names.joined(separator: ", "))")
        case .expiryPassed: self = .invalid("/expires_at", "an adjustment must end in the future; leave it out for one that stays")
        case .decision(let objection): self = .decision(objection)
        case .alreadyDecided(let decided): self = .alreadyDecided(decided)
        case .idempotencyMismatch: self = .idempotencyMismatch
        case .notFound: self = .notFound("There is no such reservation for this key, or no such envelope with a limit.")
        case .alreadySettled(let ending): self = .alreadySettled(ending)
        case .tooLong(let latest): self = .invalid("/ttl_seconds", "a hold lives at most 24 hours, this one until \(latest)")
        }
    }

    /// The problem that an error of any kind is answered with; nothing that is thrown reaches the caller unmapped.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as StoreError where error.code == .overloaded: self = .overloaded
        case _ where StoreError.isPassing(error): self = .storeUnavailable
        case let error as HTTPError: self = .http(error)
        default: self = .internalError
        }
    }

    private static func http(_ error: HTTPError) -> Problem {
        switch error.status {
        case .notFound: .notFound("There is nothing at this path; see /openapi.yaml.")
        case .contentTooLarge: .tooLarge(limit: RequestBody.defaultLimit)
        default: Problem(error.status, "malformed", error.status.reasonPhrase, error.body ?? "The request could not be read.")
        }
    }
}

extension HTTPField.Name {
    static let rateLimit = Self("RateLimit") ?? .retryAfter
    static let rateLimitPolicy = Self("RateLimit-Policy") ?? .retryAfter
    static let idempotencyKey = Self("Idempotency-Key") ?? .retryAfter
    static let idempotentReplayed = Self("Idempotent-Replayed") ?? .retryAfter
}
