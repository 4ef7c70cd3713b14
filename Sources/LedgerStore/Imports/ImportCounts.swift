public import Ledger

/// What became of the lines of a log.
public struct ImportCounts: Hashable, Sendable {
    /// Records that were read since the log was begun the last time; the row of names and blank lines are none.
    public internal(set) var lines: Int64 = 0
    /// Calls that this import had taken before it was interrupted.
    public internal(set) var resumed: Int64 = 0
    /// Calls that another import, or an earlier line, told of.
    public internal(set) var alreadyThere: Int64 = 0
    public internal(set) var refused: Int64 = 0
    /// What is no call of a model or a tool: spans of something else.
    public internal(set) var passedOver: Int64 = 0
    /// Taken at no cost, because the model has no price.
    public internal(set) var unpriced: Int64 = 0
    /// Calls that this import booked, in all.
    public internal(set) var taken: Int64 = 0
    /// Of these calls.
    public internal(set) var cost = Money.zero
    public internal(set) var tokens: Int64 = 0
    /// When the first and the last of these calls were made.
    public internal(set) var first: Timestamp?
    public internal(set) var last: Timestamp?

    public init() {}

    static func += (a: inout ImportCounts, b: ImportCounts) {
        a.lines += b.lines
        a.resumed += b.resumed
        a.alreadyThere += b.alreadyThere
        a.refused += b.refused
        a.passedOver += b.passedOver
        a.unpriced += b.unpriced
        a.taken += b.taken
        UsageSums.add(&a.cost.nanos, b.cost.nanos)
        UsageSums.add(&a.tokens, b.tokens)
        a.first = [a.first, b.first].compactMap { $0 }.min()
        a.last = [a.last, b.last].compactMap { $0 }.max()
    }
}
