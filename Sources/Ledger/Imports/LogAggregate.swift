/// Adds up a log for its summary, from sums by tags, model, tool and day.
public struct LogAggregate: Sendable {
    /// Labels by which those who leave out a tag are told apart.
    private static let culpritLabels = ["api_key", "user_id", "agent_id", "service_name", "team_id", "workflow_name"]
    /// So many values of one label, and so many of all who leave out tags, are told apart; what comes after goes into none.
    private static let valueLimit = 50_000

    private var total = LogSums()
    private var days: [Int64: LogSums] = [:]
    private var groups: [String: [String: LogSums]] = [:]
    private var missing: [String: LogSums] = [:]
    private var culprits: [String: [String: [String: LogSums]]] = [:]
    private var culpritCount = 0
    private var ownerless = LogSums()

    public init() {}

    /// - Parameters:
    ///   - tags: those of the calls but for run and session.
    ///   - day: days after 1970-01-01.
    public mutating func add(_ sums: LogSums, tags: Tags, model: String?, tool: String?, day: Int64) {
        total += sums
        days[day, default: LogSums()] += sums
        for label in LogSummary.labels {
            let value = label == "model" ? model : label == "tool" ? tool : tags[label]
            if let value { Self.add(sums, to: &groups[label, default: [:]], value) }
        }
        if LogSummary.ownerTags.allSatisfy({ tags[$0] == nil }) { ownerless += sums }
        for tag in LogSummary.wantedTags where tag != "run_id" && tags[tag] == nil {
            missing[tag, default: LogSums()] += sums
            for label in Self.culpritLabels where label != tag {
                if let value = tags[label] { blame(sums, tag, label, value) }
            }
        }
    }

    private mutating func blame(_ sums: LogSums, _ tag: String, _ label: String, _ value: String) {
        if culprits[tag]?[label]?[value] == nil {
            guard culpritCount < Self.valueLimit else { return }
            culpritCount += 1
        }
        culprits[tag, default: [:]][label, default: [:]][value, default: LogSums()] += sums
    }

    private static func add(_ sums: LogSums, to values: inout [String: LogSums], _ value: String) {
        guard values.count < valueLimit || values[value] != nil else { return }
        values[value, default: LogSums()] += sums
    }

    /// - Parameters:
    ///   - withRun: the calls that belong to a run, of which the sums by tags know nothing.
    ///   - runs: the dearest.
    ///   - longest: the longest, with how often they repeat themselves.
    public func summary(
        first: Timestamp?, last: Timestamp?, withRun: LogSums, lengths: LogSummary.RunLengths, runs: [LogRun], longest: [LogRun]
    ) -> LogSummary {
        var missing = missing
        missing["run_id"] = LogSums(
            calls: total.calls - withRun.calls, toolCalls: total.toolCalls - withRun.toolCalls, failed: total.failed - withRun.failed,
            cost: Money(nanos: total.cost.nanos - withRun.cost.nanos), tokens: total.tokens - withRun.tokens)
        return LogSummary(
            total: total, days: days.sorted { $0.key < $1.key }.map { (CivilDate(daysSince1970: $0.key), $0.value) },
            groups: groups.mapValues { Self.dearest($0) }, counts: groups.mapValues(\.count),
            coverage: LogSummary.wantedTags.map { LogCoverage(tag: $0, missing: missing[$0] ?? LogSums(), culprits: culprits(of: $0)) },
            ownerless: ownerless, lengths: lengths, runs: runs, loops: longest.filter { LogSummary.isLoop($0, among: lengths) }, first: first,
            last: last)
    }

    /// By the label that tells most of the calls which lack the tag apart.
    private func culprits(of tag: String) -> LogCoverage.Culprits? {
        var best: LogCoverage.Culprits?
        var most: Int64 = 0
        for label in Self.culpritLabels {
            guard let values = culprits[tag]?[label] else { continue }
            let calls = values.values.reduce(0) { LogSums.sum($0, $1.allCalls) }
            guard calls > most else { continue }
            most = calls
            best = LogCoverage.Culprits(label: label, groups: Self.sorted(values) { ($0.allCalls, $0.cost.nanos) })
        }
        return best
    }

    private static func dearest(_ values: [String: LogSums]) -> [LogGroup] { sorted(values) { ($0.cost.nanos, $0.allCalls) } }

    /// The greatest first; equal ones by their names, so that the same log gives the same text.
    private static func sorted(_ values: [String: LogSums], by key: (LogSums) -> (Int64, Int64)) -> [LogGroup] {
        let sorted = values.map { LogGroup(value: $0.key, sums: $0.value) }.sorted { a, b in
            let (left, right) = (key(a.sums), key(b.sums))
            return left != right ? left > right : a.value.utf8.lexicographicallyPrecedes(b.value.utf8)
        }
        return Array(sorted.prefix(LogSummary.groupLimit))
    }
}
