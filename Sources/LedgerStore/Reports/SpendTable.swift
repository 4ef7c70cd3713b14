internal import Ledger

/// Puts sums into the rows of a spend report.
struct SpendTable {
    private struct Place: Hashable {
        let group: [String?]
        let bucket: Int
    }

    private let question: ReportQuestion
    private let envelopes: ReportEnvelopes
    let shape: ReportKey.Shape
    private let groupsByEnvelope: Bool
    private var rows: [Place: SpendReport.Row] = [:]
    private(set) var totals = UsageSums()
    private(set) var held: Int64 = 0
    private(set) var previousCost: Int64 = 0

    /// - Throws: `ReportError`.
    init(_ question: ReportQuestion, policy: Policy) throws {
        self.question = question
        groupsByEnvelope = question.groupBy.contains(.envelope)
        envelopes = try ReportEnvelopes(policy, all: groupsByEnvelope, only: question.filter.envelope)
        let own = question.groupBy.compactMap(\.tag)
        shape = ReportKey.Shape(
            names: own + envelopes.names.filter { !own.contains($0) }, hasModel: question.groupBy.contains(.model) || envelopes.isAsked,
            hasTool: question.groupBy.contains(.tool) || envelopes.isAsked)
    }

    /// Takes a sum into account.
    ///
    /// - Parameter bucket: −1: before the first.
    mutating func add(_ key: ReportKey, _ sums: UsageSums, bucket: Int) throws {
        guard let groups = groups(of: key) else { return }
        let last = question.period.buckets.count - 1
        if bucket >= 0 { totals += sums }
        if bucket < last { UsageSums.add(&previousCost, sums.cost) }
        for group in groups {
            if bucket >= 0 { rows[Place(group: group, bucket: bucket), default: .init(group: group, bucket: bucket)].sums += sums }
            if bucket < last, sums.cost > 0 {
                UsageSums.add(
                    &rows[Place(group: group, bucket: bucket + 1), default: .init(group: group, bucket: bucket + 1)].previousCost, sums.cost)
            }
        }
        guard rows.count <= UsageReader.cellLimit else { throw ReportError.tooManyRows(limit: UsageReader.cellLimit) }
    }

    mutating func add(_ key: ReportKey, held amount: Int64, bucket: Int) {
        guard let groups = groups(of: key) else { return }
        UsageSums.add(&held, amount)
        for group in groups { UsageSums.add(&rows[Place(group: group, bucket: bucket), default: .init(group: group, bucket: bucket)].held, amount) }
    }

    /// The groups that a sum belongs to; nil where the envelope that is filtered by does not select it.
    private func groups(of key: ReportKey) -> [[String?]]? {
        guard envelopes.isAsked || groupsByEnvelope else { return [group(key, envelope: nil)] }
        let call = envelopes.call(tags: key.tags(shape), model: key.model, tool: key.tool)
        guard envelopes.admits(call) else { return nil }
        guard groupsByEnvelope else { return [group(key, envelope: nil)] }
        let names = envelopes.matching(call)
        return names.isEmpty ? [group(key, envelope: nil)] : names.map { group(key, envelope: $0) }
    }

    private func group(_ key: ReportKey, envelope: String?) -> [String?] {
        var tags = key.values.makeIterator()
        return question.groupBy.map { dimension in
            switch dimension {
            case .tag: tags.next() ?? nil
            case .model: key.model
            case .tool: key.tool
            case .envelope: envelope
            }
        }
    }

    /// By bucket, the dearest first, then by group; calls without a value come last.
    var sorted: [SpendReport.Row] {
        rows.values.sorted { a, b in
            if a.bucket != b.bucket { return a.bucket < b.bucket }
            if a.sums.cost != b.sums.cost { return a.sums.cost > b.sums.cost }
            return ReportOrder.precedes(a.group, b.group)
        }
    }
}
