/// How a pool is used at one moment.
public struct PoolUse: Hashable, Sendable {
    /// The most sessions that it opens.
    public let size: Int
    public let lent: Int
    /// Open and free.
    public let idle: Int
    /// Who waits for one.
    public let waiting: Int
}
