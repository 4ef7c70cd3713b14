import Foundation

/// An IANA time zone: the offsets a place has had and will have.
public struct Zone: Hashable, Sendable {
    public let name: String
    private let timeZone: TimeZone

    public static let utc = Zone(name: "UTC", timeZone: .gmt)

    /// Nil where the time zone database knows no such name. Abbreviations and fixed offsets are refused, since they
    /// would ignore daylight saving time without a word.
    public init?(_ name: String) {
        if name == "UTC" {
            self = .utc
            return
        }
        // Foundation stops reading a name at U+0000 once it has met the zone before, so only the letters of names may pass.
        guard name.contains("/"), name.utf8.allSatisfy(Self.isLetter), let timeZone = TimeZone(identifier: name) else { return nil }
        self.init(name: name, timeZone: timeZone)
    }

    private init(name: String, timeZone: TimeZone) {
        self.name = name
        self.timeZone = timeZone
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"): true
        default: false
        }
    }

    /// Seconds ahead of UTC at a moment.
    public func offset(at time: Timestamp) -> Int64 {
        Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(time.seconds))))
    }

    /// The moment at which the wall clock shows `secondOfDay` on `date`.
    ///
    /// A time that happens twice (clocks go back) is the first of the two. A time that is skipped (clocks go forward)
    /// is read with the offset before the change, as RFC 5545 (section 3.3.5) has it: 02:30 becomes 03:30.
    public func moment(_ date: CivilDate, secondOfDay: Int64) -> Timestamp {
        let local = date.daysSince1970 * 86_400 + secondOfDay
        // No zone changes its offset twice within the two days around a wall-clock time.
        let before = offset(at: Timestamp(seconds: local - 86_400))
        let after = offset(at: Timestamp(seconds: local + 86_400))
        for candidate in [max(before, after), min(before, after)] {
            let moment = Timestamp(seconds: local - candidate)
            if offset(at: moment) == candidate { return moment }
        }
        return Timestamp(seconds: local - before)
    }

    public static func == (a: Zone, b: Zone) -> Bool { a.name == b.name }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
