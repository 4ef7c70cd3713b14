import ArgumentParser

/// A stretch of time as people write it: `30m`, `24h`, `7d`, `2w`.
struct TimeSpan: ExpressibleByArgument {
    /// The longest: ten years.
    static let maximumSeconds: Int64 = 3_650 * 86_400

    /// 1 … `maximumSeconds`
    let seconds: Int64

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        guard let last = argument.last, let unit = units[last], argument.dropLast().utf8.allSatisfy({ (48...57).contains($0) }),
            let count = Int64(argument.dropLast()), count > 0, count <= Self.maximumSeconds / unit
        else { return nil }
        seconds = count * unit
    }
}
