import Foundation

/// A time in microseconds since 1970, as RFC 3339 writes it.
struct Moment: Hashable, Comparable, Sendable, CustomStringConvertible {
    var microseconds: Int64

    init(microseconds: Int64) { self.microseconds = microseconds }

    /// Reads `2026-11-21T10:02:00Z`, with up to six decimals of a second.
    init?(_ text: String) {
        let parts = text.split { "-T:.Z".contains($0) }.map { Int($0) }
        guard text.hasSuffix("Z"), (6...7).contains(parts.count) else { return nil }
        let numbers = parts.compactMap { $0 }
        guard numbers.count == parts.count else { return nil }
        var civil = tm()
        civil.tm_year = Int32(numbers[0] - 1900)
        civil.tm_mon = Int32(numbers[1] - 1)
        civil.tm_mday = Int32(numbers[2])
        civil.tm_hour = Int32(numbers[3])
        civil.tm_min = Int32(numbers[4])
        civil.tm_sec = Int32(numbers[5])
        var fraction: Int64 = 0
        if numbers.count == 7, let digits = text.dropLast().split(separator: ".").last {
            guard digits.count <= 6, let value = Int64(digits + String(repeating: "0", count: 6 - digits.count)) else { return nil }
            fraction = value
        }
        microseconds = Int64(timegm(&civil)) * 1_000_000 + fraction
    }

    var description: String {
        var seconds = time_t(microseconds / 1_000_000)
        var civil = tm()
        gmtime_r(&seconds, &civil)
        let date = [Int(civil.tm_year) + 1900, Int(civil.tm_mon) + 1, Int(civil.tm_mday)].map(Self.padded).joined(separator: "-")
        let time = [civil.tm_hour, civil.tm_min, civil.tm_sec].map { Self.padded(Int($0)) }.joined(separator: ":")
        let fraction = microseconds % 1_000_000
        return "\(date)T\(time)" + (fraction == 0 ? "" : "." + String(String(1_000_000 + fraction).dropFirst())) + "Z"
    }

    func adding(seconds: Int64) -> Moment { Moment(microseconds: microseconds + seconds * 1_000_000) }

    static func < (left: Moment, right: Moment) -> Bool { left.microseconds < right.microseconds }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
