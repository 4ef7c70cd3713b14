internal import Ledger

/// One piece of work for the write lane.
public enum Operation: Sendable {
    case reserve(ReserveRequest)
    case charge(ChargeRequest)
    case settle(SettleRequest)
    case adjust(AdjustRequest)
    case decide(DecideRequest)

    /// Who asks; nil: the service itself.
    var key: APIKey? {
        switch self {
        case .reserve(let request): request.key
        case .charge(let request): request.key
        case .settle(let request): request.key
        case .adjust(let request): request.key
        case .decide(let request): request.key
        }
    }

    var idempotency: IdempotencyKey? {
        switch self {
        case .reserve(let request): request.idempotency.bound(to: request.key)
        case .charge(let request): request.idempotency.bound(to: request.key)
        case .adjust(let request): request.idempotency.bound(to: request.key)
        case .settle, .decide: nil
        }
    }

    var reservation: Identifier? {
        if case .settle(let request) = self { request.reservation } else { nil }
    }
}
