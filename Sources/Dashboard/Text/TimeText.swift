internal import Ledger

/// A time as a page shows it, for the template `time`.
struct TimeText: Sendable, Hashable {
    /// RFC 3339 in UTC, for machines.
    let iso: String
    /// In the reader's zone: `30 Nov 2026, 14:05`.
    let text: String
    /// `14:05:09`
    let clock: String
    /// How long it is from now: `3 min ago`, `in 2 h`.
    let distance: String

    init(_ time: Timestamp, zone: Zone, now: Timestamp) {
        iso = time.description
        let civil = CivilTime(time, offset: zone.offset(at: time))
        let minute = "\(DayText.two(civil.secondOfDay / 3_600)):\(DayText.two(civil.secondOfDay / 60 % 60))"
        text = "\(civil.date.day) \(DayText.months[Int(civil.date.month) - 1]) \(civil.date.year), \(minute)"
        clock = "\(minute):\(DayText.two(civil.secondOfDay % 60))"
        distance = Self.distance(from: time, to: now)
    }

    private static func distance(from time: Timestamp, to now: Timestamp) -> String {
        let (earlier, later) = (min(time, now), max(time, now))
        let seconds = later.seconds - earlier.seconds
        let length: String
        switch seconds {
        case ..<5: return "now"
        case ..<60: length = "\(seconds) s"
        case ..<3_600: length = "\(seconds / 60) min"
        case ..<172_800: length = "\(seconds / 3_600) h"
        default: length = "\(seconds / 86_400) days"
        }
        return time < now ? "\(length) ago" : "in \(length)"
    }
}

extension Visit {
    /// A time as this reader sees it.
    func text(_ time: Timestamp) -> TimeText { TimeText(time, zone: zone, now: now) }

    func text(_ time: Timestamp?) -> TimeText? { time.map { text($0) } }
}
