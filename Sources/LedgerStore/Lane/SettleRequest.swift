public import Ledger

/// Something to do with a hold that is there.
public struct SettleRequest: Sendable {
    public enum Action: Sendable {
        case commit(UsageReport, fingerprint: Identifier)
        case release(reason: String?)
        case extend(ttlSeconds: Int64)
        case expire
    }

    /// Nil: the service itself asks.
    public var key: APIKey?
    public var reservation: Identifier
    public var action: Action

    public init(key: APIKey?, reservation: Identifier, action: Action) {
        self.key = key
        self.reservation = reservation
        self.action = action
    }
}
