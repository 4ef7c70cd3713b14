/// The state of a breaker that was lifted for a few steps (half-open). While it lasts, rules that count steps trip after so many
/// steps at the latest; it ends with the call that comes after them.
public struct Probation: Hashable, Sendable {
    /// The steps that are let through, 1 or more.
    public let total: Int64
    /// Those that were not made yet.
    public var left: Int64

    public init(total: Int64, left: Int64) {
        self.total = total
        self.left = left
    }
}
