public import Ledger

/// One period against the one before, by group, with the models that changed.
public struct TrendReport: Sendable {
    public struct Model: Sendable {
        /// Nil: calls of tools.
        public let model: String?
        public internal(set) var sums = UsageSums()
        public internal(set) var before = UsageSums()

        /// Whether it was used in one of the two periods only.
        public var isNew: Bool { before.calls == 0 && sums.calls > 0 }
        public var isGone: Bool { before.calls > 0 && sums.calls == 0 }

        mutating func add(_ sums: UsageSums, isBefore: Bool) {
            if isBefore { before += sums } else { self.sums += sums }
        }
    }

    public struct Row: Sendable {
        public let group: [String?]
        public internal(set) var sums = UsageSums()
        public internal(set) var before = UsageSums()
        /// The dearest in both periods together first, five at most.
        public internal(set) var models: [Model] = []

        /// Nano-units; less is negative.
        public var change: Int64 { sums.cost.subtractingReportingOverflow(before.cost).partialValue }

        public var id: Identifier {
            var bytes = CanonicalBytes()
            for value in group { bytes.append(value) }
            return Digest.identifier(bytes.bytes)
        }

        mutating func add(_ sums: UsageSums, isBefore: Bool) {
            if isBefore { before += sums } else { self.sums += sums }
        }
    }

    /// Whoever moved most first, up or down, then by group.
    public let rows: [Row]
    public let totals: UsageSums
    public let before: UsageSums
    public let waiting: Int64
}

extension ReportStore {
    private static let modelLimit = 5

    /// - Parameter question: not by envelope, and time is not cut.
    /// - Throws: `ReportError`.
    public func trends(_ question: ReportQuestion, state: OrganisationState) async throws -> TrendReport {
        let reader = UsageReader(pool: pool, organisation: state.organisation.id, filter: question.filter)
        let waiting = try await reader.waiting()
        let names = question.groupBy.compactMap(\.tag)
        let shape = ReportKey.Shape(names: names, hasModel: true, hasTool: question.groupBy.contains(.tool))
        var rows: [[String?]: TrendReport.Row] = [:]
        var models: [[String?]: [String?: TrendReport.Model]] = [:]
        var (totals, before) = (UsageSums(), UsageSums())
        for (cell, sums) in try await reader.read(shape, edges: question.period.edges) {
            var tags = cell.key.values.makeIterator()
            let group = question.groupBy.map { dimension -> String? in
                switch dimension {
                case .tag: tags.next() ?? nil
                case .model: cell.key.model
                case .tool: cell.key.tool
                case .envelope: nil
                }
            }
            let isBefore = question.period.bucket(from: question.period.edges[max(0, cell.slot)]) == -1
            rows[group, default: TrendReport.Row(group: group)].add(sums, isBefore: isBefore)
            models[group, default: [:]][cell.key.model, default: TrendReport.Model(model: cell.key.model)].add(sums, isBefore: isBefore)
            if isBefore { before += sums } else { totals += sums }
        }
        for (group, own) in models {
            rows[group]?.models = Array(own.values.sorted(by: Self.isDearer).prefix(Self.modelLimit))
        }
        return TrendReport(rows: rows.values.sorted(by: Self.movesMore), totals: totals, before: before, waiting: waiting)
    }

    private static func cost(_ model: TrendReport.Model) -> Int64 {
        var sum = model.sums.cost
        UsageSums.add(&sum, model.before.cost)
        return sum
    }

    private static func isDearer(_ a: TrendReport.Model, _ b: TrendReport.Model) -> Bool {
        let (x, y) = (cost(a), cost(b))
        if x != y { return x > y }
        return (a.model ?? "") < (b.model ?? "")
    }

    private static func movesMore(_ a: TrendReport.Row, _ b: TrendReport.Row) -> Bool {
        if a.change.magnitude != b.change.magnitude { return a.change.magnitude > b.change.magnitude }
        return ReportOrder.precedes(a.group, b.group)
    }
}
