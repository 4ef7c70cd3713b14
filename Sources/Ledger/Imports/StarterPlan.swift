/// What a policy for the calls of a log would say: the numbers, with where each comes from.
public struct StarterPlan: Sendable {
    /// A monthly cap on the calls with one value of a tag.
    public struct Cap: Hashable, Sendable {
        /// The envelope's name.
        public let name: String
        /// Nil: all calls.
        public let tag: String?
        public let value: String?
        public let spent: Money
        /// What `spent` makes in a month.
        public let monthly: Money
        public let limit: Money
    }

    /// How many groups get a cap of their own.
    static let capLimit = 5
    /// A cap leaves room above what the log makes of a month.
    static let headroomPercent: Int64 = 25

    public let caps: [Cap]
    /// All calls together.
    public let total: Cap
    /// What each user may spend in a week; nil: the log tells no users.
    public let userWeek: Money?
    /// Calls of models in a run; nil: the log tells no runs.
    public let runSteps: Int64?
    public let runTokens: Int64?
    /// Every call has these, so that they could be required.
    public let required: [String]
    /// Most calls have these, with the share of the calls that lack each, in thousandths.
    public let almost: [(tag: String, missing: Int64)]

    public init(_ summary: LogSummary) {
        let label = ["workflow_name", "agent_id", "team_id", "user_id"].first { !(summary.groups[$0] ?? []).isEmpty }
        var names: Set<String> = ["all-spending", "user-week", "run-steps", "run-tokens", "long-run", "no-progress", "burn-rate"]
        caps =
            label.map { label in
                (summary.groups[label] ?? []).prefix(Self.capLimit).filter { $0.sums.cost > .zero }.map { group in
                    Self.cap(Self.name(group.value, unlike: &names), tag: label, value: group.value, spent: group.sums.cost, summary)
                }
            } ?? []
        total = Self.cap("all-spending", tag: nil, value: nil, spent: summary.total.cost, summary)
        userWeek = Self.userWeek(summary)
        let lengths = summary.lengths
        runSteps = lengths.count > 0 ? Self.rounded(max(10, LogSums.sum(lengths.percentile999, lengths.percentile999 / 2))) : nil
        runTokens = lengths.count > 0 && lengths.tokens999 > 0 ? Self.rounded(LogSums.sum(lengths.tokens999, lengths.tokens999 / 2)) : nil
        let calls = max(1, summary.total.allCalls)
        let candidates = summary.total.allCalls > 0 ? summary.coverage.filter { $0.tag != "run_id" } : []
        required = candidates.filter { $0.missing.allCalls == 0 }.map(\.tag)
        almost = candidates.filter { $0.missing.allCalls > 0 && $0.missing.allCalls < calls }.map { coverage in
            (coverage.tag, max(1, Int64(clamping: Int128(coverage.missing.allCalls) * 1_000 / Int128(calls))))
        }
    }

    private static func cap(_ name: String, tag: String?, value: String?, spent: Money, _ summary: LogSummary) -> Cap {
        let monthly = summary.monthly(spent)
        return Cap(name: name, tag: tag, value: value, spent: spent, monthly: monthly, limit: limit(for: monthly))
    }

    /// With headroom, and rounded up like a person would: at least a cent.
    private static func limit(for amount: Money) -> Money {
        let room = Int64(clamping: Int128(amount.nanos) * Int128(100 + headroomPercent) / 100)
        return Money(nanos: rounded(max(10_000_000, room)))
    }

    /// The dearest user's share of a week, with headroom: nobody of the log would have been stopped.
    private static func userWeek(_ summary: LogSummary) -> Money? {
        guard let dearest = summary.groups["user_id"]?.first, dearest.sums.cost > .zero else { return nil }
        return limit(for: Money(nanos: Int64(clamping: Int128(dearest.sums.cost.nanos) * 7 / Int128(summary.dayCount))))
    }

    /// Up to the next number with one digit that people like: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten.
    public static func rounded(_ amount: Int64) -> Int64 {
        var power: Int64 = 1
        while power <= Int64.max / 100, power * 10 <= amount { power *= 10 }
        for tenths: Int64 in [10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100] {
            let (product, overflow) = power.multipliedReportingOverflow(by: tenths)
            guard !overflow else { break }
            // Below ten there are no tenths.
            if product % 10 == 0, product / 10 >= amount { return product / 10 }
        }
        return amount
    }

    /// The name of an envelope after a value: lower-case letters, digits and `-`.
    private static func name(_ value: String, unlike names: inout Set<String>) -> String {
        var name = ""
        for byte in value.lowercased().utf8.prefix(56) {
            let isPlain = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            if isPlain { name.unicodeScalars.append(Unicode.Scalar(byte)) } else if !name.isEmpty, name.last != "-" { name += "-" }
        }
        while name.last == "-" { name.removeLast() }
        if name.isEmpty { name = "cap" }
        var unique = name
        var number = 2
        while !names.insert(unique).inserted {
            unique = "\(name)-\(number)"
            number += 1
        }
        return unique
    }
}
