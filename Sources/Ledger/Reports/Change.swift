/// How an amount differs from what it was before.
public enum Change {
    /// In hundredths of a per cent of what was before, rounded towards zero; nil where nothing was before.
    public static func hundredthsOfPercent(from before: Int64, to now: Int64) -> Int64? {
        guard before > 0 else { return nil }
        return Int64(clamping: (Int128(now) - Int128(before)) * 10_000 / Int128(before))
    }

    /// A share of a whole, in hundredths of a per cent, rounded down; nil without a whole.
    public static func share(_ part: Int64, of whole: Int64) -> Int64? {
        guard whole > 0 else { return nil }
        return Int64(clamping: Int128(part) * 10_000 / Int128(whole))
    }

    /// The median of some amounts, the lower one of two in the middle; nil of nothing.
    public static func median(_ amounts: [Int64]) -> Int64? { Ratio.median(amounts) }
}
