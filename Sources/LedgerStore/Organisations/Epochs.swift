/// How often each part of an organisation's configuration changed. Who changes a part raises its count in the same
/// transaction; who decides compares the counts inside his own.
public struct Epochs: Hashable, Sendable {
    public var policy: Int64
    public var prices: Int64
    public var keys: Int64
    public var guards: Int64

    public init(policy: Int64 = -1, prices: Int64 = -1, keys: Int64 = -1, guards: Int64 = -1) {
        self.policy = policy
        self.prices = prices
        self.keys = keys
        self.guards = guards
    }
}
