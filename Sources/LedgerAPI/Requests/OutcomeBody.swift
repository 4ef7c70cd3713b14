internal import JSON
internal import Ledger
internal import LedgerStore

/// The body of `POST /v1/outcomes`.
struct OutcomeBody {
    private enum Field: String, CaseIterable {
        case workflow_name, kind, count, value, quality, human_minutes, rework_minutes, run_ids, from, to
    }
    private static let fields = JSONFields<Field>()

    private var workflow: String?
    private var kind: String?
    private var count: Int64?
    private var value: Money?
    private var quality: Int64?
    private var humanMinutes: Int64 = 0
    private var reworkMinutes: Int64 = 0
    private var runs: [String] = []
    private var from: Timestamp?
    private var to: Timestamp?

    init(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object(Self.fields) { field, reader throws(JSONError) in
            switch field {
            case .workflow_name: workflow = try reader.label(maximum: Tags.maximumValueLength)
            case .kind: kind = try reader.label(maximum: WorkflowOutcome.maximumKindLength)
            case .count: count = try reader.integer(in: 0...WorkflowOutcome.maximumCount)
            case .value: value = try reader.optional { reader throws(JSONError) in try reader.money() }
            case .quality: quality = try reader.optional { reader throws(JSONError) in try reader.thousandths(maximum: 1_000) }
            case .human_minutes: humanMinutes = try reader.minutes()
            case .rework_minutes: reworkMinutes = try reader.minutes()
            case .run_ids: runs = try reader.optional { reader throws(JSONError) in try reader.runs() } ?? []
            case .from: from = try reader.optional { reader throws(JSONError) in try reader.time() }
            case .to: to = try reader.optional { reader throws(JSONError) in try reader.time() }
            }
        }
    }

    func draft(caller: Caller, idempotencyKey: String, now: Timestamp) throws -> OutcomeDraft {
        guard let workflow else { throw Problem.invalid("/workflow_name", "say which workflow brought it about, as its calls' tag does") }
        guard caller.key.boundTags["workflow_name"] ?? workflow == workflow else {
            throw Problem.forbidden("The key is bound to another workflow_name; it tells what its own workflow brought about.")
        }
        guard let count else { throw Problem.invalid("/count", "say how many; 0 for work that led to nothing") }
        guard let kind = kind ?? caller.state.policy.workflows.first(where: { $0.name == workflow })?.outcome else {
            throw Problem.invalid("/kind", "say of what kind, such as resolved_ticket; the policy names none for this workflow")
        }
        let ended = to ?? now
        guard ended <= now else { throw Problem.invalid("/to", "send a time that is over; what is still to come cannot be counted") }
        let began = from ?? ended
        guard began <= ended else { throw Problem.invalid("/from", "send a time before 'to'") }
        let outcome = WorkflowOutcome(
            workflow: workflow, kind: kind, count: count, value: value, quality: quality, humanMinutes: humanMinutes, reworkMinutes: reworkMinutes,
            runs: runs, began: began, ended: ended)
        return OutcomeDraft(
            outcome, bound: caller.key.boundTags, author: caller.author,
            idempotency: IdempotencyKey(route: "outcomes", key: idempotencyKey, body: fingerprint(workflow: workflow, count: count))
                .own(of: caller.key))
    }

    /// What was sent, not what it stands for: the same body means the same later too.
    private func fingerprint(workflow: String, count: Int64) -> CanonicalBytes {
        var bytes = CanonicalBytes()
        bytes.append(workflow)
        bytes.append(kind)
        for number in [count, value?.nanos, quality, humanMinutes, reworkMinutes, from?.microseconds, to?.microseconds] { bytes.append(number) }
        for run in runs { bytes.append(run) }
        return bytes
    }
}

extension JSONReader {
    /// A number with at most three decimals, in thousandths.
    fileprivate mutating func thousandths(maximum: Int64) throws(JSONError) -> Int64 {
        let start = offset
        guard isAtNumber else { throw unexpected("send a number") }
        guard let value = ExactDecimal(jsonNumber: try number())?.scaled(to: 3), (0...maximum).contains(value) else {
            throw JSONError(
                .unexpected, offset: start, detail: "send a number from 0 to \(ExactDecimal.text(maximum, scale: 3)) with at most three decimals")
        }
        return value
    }

    fileprivate mutating func minutes() throws(JSONError) -> Int64 {
        try optional { reader throws(JSONError) in try reader.thousandths(maximum: WorkflowOutcome.maximumMinutes) } ?? 0
    }

    fileprivate mutating func runs() throws(JSONError) -> [String] {
        var runs: [String] = []
        var seen: Set<String> = []
        try array { reader throws(JSONError) in
            let start = reader.offset
            let run = try reader.label(maximum: Tags.maximumValueLength)
            guard seen.insert(run).inserted else { throw JSONError(.unexpected, offset: start, detail: "this run stands here twice; send it once") }
            guard runs.count < WorkflowOutcome.maximumRuns else {
                throw JSONError(.unexpected, offset: start, detail: "send at most \(WorkflowOutcome.maximumRuns) runs at a time")
            }
            runs.append(run)
        }
        return runs
    }
}
