/// What an envelope carries from one window into the next.
public struct Rollover: Hashable, Sendable {
    /// The most that is carried, in the meter's unit.
    public let upTo: Int64
    /// How long after the window's start the carried amount can be used, 1 s … 366 days; nil: to the window's end.
    public let expiresInSeconds: Int64?

    public init(upTo: Int64, expiresInSeconds: Int64? = nil) {
        self.upTo = upTo
        self.expiresInSeconds = expiresInSeconds
    }

    /// What is carried out of a window that ended: what is left of its limit, at most `upTo`.
    public func carry(limit: Int64, held: Int64, spent: Int64) -> Int64 {
        let left = Int128(limit) - Int128(held) - Int128(spent)
        return Int64(clamping: min(Int128(upTo), max(0, left)))
    }
}
