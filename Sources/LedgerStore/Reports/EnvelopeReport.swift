public import Ledger

/// How full an envelope is: its balances of the present windows together, and those that are nearest to their limit.
public struct EnvelopeReport: Sendable {
    public struct Standing: Sendable {
        public let view: BalanceView
        /// When it is used up if use goes on as since its window began; nil: it lasts.
        public let exhaustedAt: Timestamp?
        /// What it will have used when its window ends, in the meter's unit; nil where it never ends, or has just begun.
        public let forecast: Int64?
    }

    public let envelope: Envelope
    /// In the present windows; those of grants are not among them.
    public internal(set) var balances = 0
    public internal(set) var limit: Int64 = 0
    public internal(set) var held: Int64 = 0
    public internal(set) var spent: Int64 = 0
    /// What all will have used when their windows end.
    public internal(set) var forecast: Int64?
    /// Balances that have used all of their limit, and those that will before their window ends.
    public internal(set) var exhausted = 0
    public internal(set) var running = 0
    /// By the used share, five at most.
    public internal(set) var fullest: [Standing] = []
    /// There are more balances than were looked at.
    public internal(set) var isPartial = false

    init(envelope: Envelope) {
        self.envelope = envelope
    }

    mutating func add(_ standing: Standing) {
        let view = standing.view
        balances += 1
        UsageSums.add(&limit, view.limit)
        UsageSums.add(&held, view.held)
        UsageSums.add(&spent, view.spent)
        if let own = standing.forecast {
            var sum = forecast ?? 0
            UsageSums.add(&sum, own)
            forecast = sum
        }
        if Self.used(view) >= Int128(view.limit) { exhausted += 1 } else if standing.exhaustedAt != nil { running += 1 }
        fullest.append(standing)
        guard fullest.count > Self.fullestLimit else { return }
        fullest.sort { Self.isFuller($0.view, $1.view) }
        fullest.removeLast()
    }

    static let fullestLimit = 5

    static func used(_ view: BalanceView) -> Int128 { Int128(view.held) + Int128(view.spent) }

    static func isFuller(_ a: BalanceView, _ b: BalanceView) -> Bool {
        let (x, y) = (used(a) * Int128(max(1, b.limit)), used(b) * Int128(max(1, a.limit)))
        return x != y ? x > y : a.identity.id < b.identity.id
    }
}

extension ReportStore {
    private static let balancePage = 2_000
    /// Of an envelope; beyond it the report is partial.
    private static let balanceLimit = 100_000

    /// The standing of one envelope of the policy in force.
    ///
    /// - Parameter bound: tags of a key; balances of other values are not counted.
    public func envelope(_ envelope: Envelope, bound: Tags, state: OrganisationState) async throws -> EnvelopeReport {
        let now = clock.now()
        var report = EnvelopeReport(envelope: envelope)
        var after: Identifier?
        while true {
            try Task.checkCancellation()
            let page = try await balances.list(
                envelope: envelope.name, policy: state.policy, tags: Tags(), bound: bound, allWindows: false, after: after, limit: Self.balancePage,
                of: state.organisation.id)
            for view in page where view.identity.rule == envelope.rule { report.add(Self.standing(view, now: now)) }
            after = page.last?.identity.id
            guard page.count == Self.balancePage else { break }
            guard report.balances < Self.balanceLimit else {
                report.isPartial = true
                break
            }
        }
        report.fullest.sort { EnvelopeReport.isFuller($0.view, $1.view) }
        return report
    }

    private static func standing(_ view: BalanceView, now: Timestamp) -> EnvelopeReport.Standing {
        let used = Int64(clamping: EnvelopeReport.used(view))
        let window = view.identity.window
        let rate = BurnRate([UseChange(at: now, amount: used, spender: nil)], until: now, windowStart: window.start)
        let forecast = window.end.flatMap { end -> Int64? in
            guard let rate else { return nil }
            let left = Int128(max(0, end.microseconds - now.microseconds))
            return Int64(clamping: Int128(used) + Int128(rate.perHour) * left / 3_600_000_000)
        }
        return EnvelopeReport.Standing(
            view: view,
            exhaustedAt: BurnRate.exhaustion(rate, remaining: Int64(clamping: Int128(view.limit) - Int128(used)), now: now, windowEnd: window.end),
            forecast: forecast)
    }
}
