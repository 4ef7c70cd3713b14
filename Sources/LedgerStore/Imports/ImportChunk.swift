internal import Ledger
internal import Postgres

/// Some lines of a log that are booked, or refused, in one transaction.
struct ImportChunk: Sendable {
    struct Line: Sendable {
        let id: Identifier
        let line: Int64
        /// Tells several of one line apart, from 0.
        let part: Int64
        let call: ImportedCall
        let cost: Money
        let isUnpriced: Bool

        var tokens: Int64 { call.usage?.total ?? 0 }
    }

    private(set) var lines: [Line] = []
    private(set) var refusals: [RefusedLine] = []
    /// Lines, refused and passed over; the rest is known when the chunk is booked.
    var counts = ImportCounts()
    /// Names that meant nothing, up to here.
    var ignored: [String] = []
    private var known: Set<Identifier> = []

    var isEmpty: Bool { lines.isEmpty && counts == ImportCounts() }
    var size: Int { lines.count + Int(counts.refused) + Int(counts.passedOver) / 10 }

    mutating func append(_ line: Line) {
        guard known.insert(line.id).inserted else { return counts.alreadyThere += 1 }
        lines.append(line)
    }

    mutating func refuse(_ line: RefusedLine, isKept: Bool) {
        counts.refused += 1
        if isKept { refusals.append(line) }
    }

    /// Puts the lines in the order of their ids, in which they are locked.
    mutating func sort() { lines.sort { $0.id < $1.id } }

    // MARK: - What is written

    func callParameters(_ organisation: Identifier, _ importID: Identifier, at now: Timestamp) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(importID)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuidArray(lines.map(\.id))
        parameters.int8Array(lines.map(\.line))
        parameters.timestampArray(lines.map(\.call.at.microseconds))
        parameters.textArray(lines.map(\.call.model))
        parameters.textArray(lines.map(\.call.tool))
        parameters.jsonbArray(lines.map { TagsJSON.encode($0.call.tags) })
        parameters.uuidArray(lines.map { $0.call.tags["run_id"].map { RunSums.id(of: $0) } })
        for count: KeyPath<TokenUsage, Int64> in [\.input, \.output, \.cachedInput, \.cacheWrite, \.reasoning] {
            parameters.int8Array(lines.map { $0.call.usage?[keyPath: count] })
        }
        parameters.int8Array(lines.map(\.call.statedCost?.nanos))
        parameters.int8Array(lines.map(\.cost.nanos))
        parameters.int8Array(lines.map(\.tokens))
        parameters.textArray(lines.map(\.call.status?.rawValue))
        parameters.int8Array(lines.map(\.call.latencyMilliseconds))
        parameters.textArray(lines.map(\.call.stateHash))
        return parameters
    }

    func refusalStep(_ organisation: Identifier, _ importID: Identifier) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(importID)
        parameters.int8Array(refusals.map(\.line))
        parameters.int8Array(refusals.map(\.part))
        parameters.textArray(refusals.map(\.place))
        parameters.textArray(refusals.map(\.reason))
        return PipelineStep(ImportStatements.insertRefusals, parameters)
    }

    func advanceStep(_ counts: ImportCounts, _ organisation: Identifier, _ importID: Identifier, at now: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(importID)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        for count in [
            counts.lines, counts.resumed, counts.alreadyThere, counts.refused, counts.passedOver, counts.unpriced, counts.taken, counts.cost.nanos,
            counts.tokens,
        ] { parameters.int8(count) }
        parameters.timestamp(microsecondsSince1970: counts.first?.microseconds)
        parameters.timestamp(microsecondsSince1970: counts.last?.microseconds)
        parameters.textArray(ignored)
        return PipelineStep(ImportStatements.advance, parameters)
    }
}

extension UsageFact {
    /// A logged call, as the sums take it.
    init(_ line: ImportChunk.Line) {
        let call = line.call
        let usage = call.usage
        self.init(
            id: line.id, settledAt: call.at, tags: TagsJSON.encode(Tags(call.tags.entries.filter { $0.name != "run_id" && $0.name != "session_id" })),
            model: call.model, tool: call.tool, runID: call.tags["run_id"], step: call.tags["step_name"],
            sums: UsageSums(
                facts: 1, calls: call.tool == nil ? 1 : 0, toolCalls: call.tool == nil ? 0 : 1, failed: call.status == .error ? 1 : 0,
                empty: call.status == .empty ? 1 : 0, unused: 0, cost: line.cost.nanos, tokens: line.tokens, inputTokens: usage?.input ?? 0,
                cachedTokens: usage?.cachedInput ?? 0, outputTokens: usage?.output ?? 0, reasoningTokens: usage?.reasoning ?? 0,
                latencyMilliseconds: call.latencyMilliseconds ?? 0, timed: call.latencyMilliseconds == nil ? 0 : 1))
    }
}
