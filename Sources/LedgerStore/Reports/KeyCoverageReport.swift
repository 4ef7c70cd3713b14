public import Ledger
internal import Postgres

/// Which API keys send calls without the tags that the policy asks for.
public struct KeyCoverageReport: Sendable {
    /// Calls that lacked every one of some tags.
    public struct Lack: Sendable {
        /// Of which a call carries at least one.
        public let tags: [String]
        public internal(set) var calls: Int64
        /// Nano-units.
        public internal(set) var cost: Int64
    }

    public struct Row: Sendable {
        public let key: Identifier
        /// Nil: it is no key that is known, or one without a name.
        public internal(set) var name: String?
        /// Nil: it is no key that is known.
        public internal(set) var role: APIKey.Role?
        /// Of all calls of the key, those with everything that their environment asks for.
        public internal(set) var share = CoverageReport.Share()
        /// What its calls lack, the dearest first.
        public internal(set) var lacking: [Lack] = []

        /// Nano-units that are not covered.
        var uncovered: Int64 { share.cost - share.coveredCost }
    }

    /// The key whose calls without tags cost most first.
    public let rows: [Row]
    /// Since when calls are counted by key; nil: none is.
    public let since: Timestamp?
    public let waiting: Int64
}

extension ReportStore {
    private static let hoursAStatement: Int64 = 24 * 31

    /// By key, as the tags were sent: what was corrected since still counts as absent.
    ///
    /// - Parameter bound: tags of a key; it sees keys that are bound to them.
    public func coverageByKey(_ period: ReportPeriod, bound: Tags, state: OrganisationState) async throws -> KeyCoverageReport {
        let reader = UsageReader(pool: pool, organisation: state.organisation.id, filter: ReportFilter())
        let waiting = try await reader.waiting()
        let coverage = TagCoverage(state.policy.tagRules)
        let groups = coverage.groups.filter { !$0.contains(where: ReportDimension.leftOut.contains) }
        var rows: [Identifier: KeyCoverageReport.Row] = [:]
        var lacking: [Identifier: [[String]: (calls: Int64, cost: Int64)]] = [:]
        for sums in try await keySums(period.range, of: state.organisation.id) {
            let asked = coverage.asked(in: sums.environment).filter(groups.contains)
            let absent = asked.filter { group in !group.contains(where: sums.present.contains) }
            rows[sums.key, default: .init(key: sums.key)].share.add(calls: sums.calls, cost: sums.cost, isCovered: absent.isEmpty)
            for group in absent {
                UsageSums.add(&lacking[sums.key, default: [:]][group, default: (0, 0)].calls, sums.calls)
                UsageSums.add(&lacking[sums.key, default: [:]][group, default: (0, 0)].cost, sums.cost)
            }
        }
        let known = try await keys(Array(rows.keys), of: state.organisation.id)
        let visible = rows.values.filter { row in bound.isEmpty || known[row.key]?.boundTags.contains(bound) ?? false }
        let named = visible.map { row in
            var row = row
            row.name = known[row.key]?.name
            row.role = known[row.key]?.role
            row.lacking = (lacking[row.key] ?? [:]).map { .init(tags: $0.key, calls: $0.value.calls, cost: $0.value.cost) }
                .sorted { ($0.cost, $0.calls, $1.tags.joined(separator: " ")) > ($1.cost, $1.calls, $0.tags.joined(separator: " ")) }
            return row
        }
        let sorted = named.sorted { ($0.uncovered, $0.share.cost, $0.key) > ($1.uncovered, $1.share.cost, $1.key) }
        return KeyCoverageReport(rows: sorted, since: try await keysSince(state.organisation.id), waiting: waiting)
    }

    private struct KeySums: Sendable {
        let key: Identifier
        let environment: String?
        let present: [String]
        let calls: Int64
        let cost: Int64
    }

    /// In parts of a month, each a transaction of its own.
    private func keySums(_ range: Range<Int64>, of organisation: Identifier) async throws -> [KeySums] {
        var found: [KeySums] = []
        let step = Self.hoursAStatement * UsagePage.hourSeconds
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(step)) {
            try Task.checkCancellation()
            found += try await pool.withSession { session in
                var parameters = Parameters()
                parameters.uuid(organisation)
                parameters.timestamp(microsecondsSince1970: start * 1_000_000)
                parameters.timestamp(microsecondsSince1970: min(start + step, range.upperBound) * 1_000_000)
                let rows = try session.execute(KeyCoverageStatements.sums, parameters)
                return try (0..<rows.count).map { row in
                    KeySums(
                        key: try rows.uuid(row, 0), environment: try rows.textIfPresent(row, 1), present: try rows.textArray(row, 2),
                        calls: try rows.int8(row, 3), cost: try rows.int8(row, 4))
                }
            }
            guard found.count <= UsageReader.cellLimit else { throw ReportError.tooManyRows(limit: UsageReader.cellLimit) }
        }
        return found
    }

    private func keys(_ ids: [Identifier], of organisation: Identifier) async throws -> [Identifier: APIKey] {
        try await pool.withSession { session in
            try ids.reduce(into: [:]) { $0[$1] = try KeyQueries.find($1, of: organisation, in: session) }
        }
    }

    private func keysSince(_ organisation: Identifier) async throws -> Timestamp? {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            return try session.execute(KeyCoverageStatements.since, parameters).timestampIfPresent(0, 0).map { Timestamp(microseconds: $0) }
        }
    }
}
