/// How fast the use of a balance grows, and over which time that was measured.
public struct BurnRate: Hashable, Sendable {
    /// What happened within less is taken as if it had lasted so long: a few seconds tell no hour.
    public static let minimumSeconds: Int64 = 60

    /// What was added between `from` and `until`, in the meter's unit; negative where more was given back.
    public let amount: Int64
    public let from: Timestamp
    public let until: Timestamp
    /// How many facts were looked at.
    public let facts: Int

    /// Measures from the oldest fact on, which itself lies before what is measured. Where all happened at one moment, a
    /// window whose facts are all known is measured from its start.
    ///
    /// - Parameters:
    ///   - changes: newest first.
    ///   - windowStart: nil unless these are all the facts of the window.
    /// - Returns: nil where no time has passed.
    public init?(_ changes: [UseChange], until: Timestamp, windowStart: Timestamp?) {
        guard let oldest = changes.last else { return nil }
        if changes.count > 1, oldest.at < until {
            self.init(changes.dropLast(), facts: changes.count, from: oldest.at, until: until)
        } else if let windowStart, windowStart < until {
            self.init(changes[...], facts: changes.count, from: windowStart, until: until)
        } else {
            return nil
        }
    }

    private init(_ changes: ArraySlice<UseChange>, facts: Int, from: Timestamp, until: Timestamp) {
        amount = Int64(clamping: changes.reduce(Int128(0)) { $0 + Int128($1.amount) })
        self.from = from
        self.until = until
        self.facts = facts
    }

    /// In the meter's unit, rounded down; 0 where use shrinks.
    public var perHour: Int64 {
        guard amount > 0 else { return 0 }
        return Int64(clamping: Int128(amount) * 3_600_000_000 / elapsed)
    }

    /// When a balance is used up if it goes on like this.
    ///
    /// - Parameters:
    ///   - remaining: in the meter's unit; 0 or less: it is used up now.
    ///   - windowEnd: nil: it never ends.
    /// - Returns: nil where it lasts until the window ends, or for longer than times can say.
    public static func exhaustion(_ rate: BurnRate?, remaining: Int64, now: Timestamp, windowEnd: Timestamp?) -> Timestamp? {
        guard remaining > 0 else { return now }
        guard let rate, rate.amount > 0 else { return nil }
        let microseconds = (Int128(remaining) * rate.elapsed + Int128(rate.amount) - 1) / Int128(rate.amount)
        let time = Int128(now.microseconds) + microseconds
        guard time < Int128(windowEnd?.microseconds ?? latest.microseconds) else { return nil }
        return Timestamp(microseconds: Int64(time))
    }

    private var elapsed: Int128 { max(Int128(until.microseconds) - Int128(from.microseconds), Int128(Self.minimumSeconds) * 1_000_000) }

    /// The year 9999 ends what RFC 3339 can write.
    private static let latest = Timestamp(seconds: 253_402_300_799)
}
