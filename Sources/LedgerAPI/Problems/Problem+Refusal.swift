internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore
internal import Postgres

extension Problem {
    /// The problem that tells a caller why nothing was booked.
    init(_ refusal: Refusal, now: Timestamp) {
        switch refusal {
        case .unauthorized: self = .unauthorized
        case .tagBound(let name): self = .forbidden("The key is bound to another value of the tag '\(name)'; leave the tag out or use another key.")
        case .tagsMissing(let names): self = .tagsMissing(names)
        case .unknownModel(let model): self = .unknownModel(model)
        case .usageMissing: self = .invalid("/usage", "say what the call used: input_tokens and output_tokens, or a cost")
        case .amountTooLarge: self = .invalid("", "the amount is larger than the ledger can hold")
        case .exhausted(let violations): self = .exhausted(violations, now: now)
        case .idempotencyMismatch: self = .idempotencyMismatch
        case .notFound: self = .notFound("There is no such reservation for this key.")
        case .alreadySettled(let ending): self = .alreadySettled(ending)
        case .tooLong(let latest): self = .invalid("/ttl_seconds", "a hold lives at most 24 hours, this one until \(latest)")
        }
    }

    private static func exhausted(_ violations: [Violation], now: Timestamp) -> Problem {
        let names = violations.map { "'\($0.identity.envelope)'" }.joined(separator: ", ")
        let resets = violations.map(\.resetsAt)
        let latest = resets.compactMap { $0 }.max()
        let comesBack = resets.allSatisfy { $0 != nil }
        var problem: Problem
        if let limiting = violations.first, violations.allSatisfy(\.isRateLimit) {
            problem = Problem(
                .tooManyRequests, "rate-limited", "Rate limited", "The rate of \(names) is used up; try again after \(text(latest)).")
            let wait = limiting.resetsAt.map { now.secondsRoundedUp(until: $0) } ?? 60
            problem.headers[.rateLimitPolicy] = "\"\(limiting.identity.envelope)\";q=\(limiting.limit);w=60"
            problem.headers[.rateLimit] = "\"\(limiting.identity.envelope)\";r=\(max(0, limiting.limit - limiting.held - limiting.spent));t=\(wait)"
        } else {
            let next = comesBack ? "ask for less, or try again after \(text(latest))" : "ask for less, or have the limit raised"
            problem = Problem(
                .init(code: 402, reasonPhrase: "Payment Required"), "envelope-exhausted", "Envelope exhausted", "\(names) refused: \(next).")
        }
        if comesBack, let latest { problem.headers[.retryAfter] = String(now.secondsRoundedUp(until: latest)) }
        return problem.with(.violations(violations))
    }

    private static func text(_ time: Timestamp?) -> String { time?.description ?? "the window ends" }

    /// The problem that an error of any kind is answered with; nothing that is thrown reaches the caller unmapped.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as StoreError where error.code == .overloaded: self = .overloaded
        case let error as StoreError where error.code == .unavailable: self = .storeUnavailable
        case let error as PostgresError where error.isTransient || error.isConnectionLoss || error.code == .timedOut || error.code == .poolClosed:
            self = .storeUnavailable
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
