/// What a subject usually has within a time, from its own use of the last seven days in slices of five minutes.
public struct Baseline: Hashable, Sendable {
    public static let sliceSeconds: Int64 = 300
    /// Of history that is looked at.
    public static let days: Int64 = 7
    /// Windows with use that a baseline needs, and how long ago the first must lie.
    static let minimumWindows = 6
    static let minimumSeconds: Int64 = 86_400

    /// Of the windows with any use.
    public let median: Int64
    /// The most at the same time of one of the days before, give or take one window: the subject's rhythm.
    public let rhythm: Int64

    public init(median: Int64, rhythm: Int64) {
        self.median = median
        self.rhythm = rhythm
    }

    /// Nil where too little is known.
    ///
    /// - Parameters:
    ///   - slices: what was used, by the second in which a slice begins.
    ///   - end: of the window that is compared with these, a multiple of five minutes.
    public init?(_ slices: [Int64: Int64], withinSeconds: Int64, end: Int64) {
        let window = Self.window(withinSeconds)
        let first = slices.filter { $0.value > 0 }.keys.min()
        guard let first, first <= end - window - Self.minimumSeconds else { return nil }
        var active: [Int64] = []
        var position = end - window
        while position - window >= end - window - Self.days * 86_400 {
            let sum = Self.sum(slices, end: position, window: window)
            if sum > 0 { active.append(sum) }
            position -= window
        }
        guard active.count >= Self.minimumWindows, let median = Ratio.median(active) else { return nil }
        self.median = median
        rhythm =
            (1...Self.days).flatMap { day in [-window, 0, window].map { Self.sum(slices, end: end - day * 86_400 + $0, window: window) } }.max() ?? 0
    }

    /// Whether a use is so many times the usual, and beyond what the time of the day explains.
    public func isExceeded(by use: Int64, times: Int64) -> Bool {
        Int128(use) >= Int128(median) * Int128(times) && Int128(use) * 2 > Int128(rhythm) * 3
    }

    /// The use in the window that is under way, or in the one that ended with the last slice, whichever is more.
    ///
    /// - Returns: nil where it is too little to be a runaway, whatever was before.
    public static func current(
        _ slices: [Int64: Int64], measure: Breaker.Measure, withinSeconds: Int64, minimumCost: Money, at now: Timestamp
    ) -> (use: Int64, end: Int64)? {
        let window = window(withinSeconds)
        let end = start(of: now.seconds) + sliceSeconds
        let uses = [end, end - sliceSeconds].map { (use: sum(slices, end: $0, window: window), end: $0) }
        guard let most = uses.max(by: { $0.use < $1.use }), most.use >= least(measure, minimumCost: minimumCost) else { return nil }
        return most
    }

    /// A quiet agent's second call is no storm.
    static func least(_ measure: Breaker.Measure, minimumCost: Money) -> Int64 {
        switch measure {
        case .toolCalls: 30
        case .tokens: 20_000
        case .cost: minimumCost.nanos
        }
    }

    /// Whole slices.
    public static func window(_ withinSeconds: Int64) -> Int64 {
        max(1, (withinSeconds + sliceSeconds - 1) / sliceSeconds) * sliceSeconds
    }

    /// When the slice of a second begins.
    public static func start(of seconds: Int64) -> Int64 { seconds.flooringDivide(sliceSeconds) * sliceSeconds }

    private static func sum(_ slices: [Int64: Int64], end: Int64, window: Int64) -> Int64 {
        Ratio.sum(stride(from: end - window, to: end, by: Int(sliceSeconds)).map { slices[$0] ?? 0 })
    }
}
