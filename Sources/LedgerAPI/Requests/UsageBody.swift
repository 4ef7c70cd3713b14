internal import JSON
internal import Ledger
internal import LedgerStore

/// The body of `POST /v1/usage`.
struct UsageBody {
    private enum Field: String, CaseIterable {
        case tags, model, tool, step, usage, cost, usage_source, status, latency_ms, route_reason, state_hash
    }

    private static let fields = JSONFields<Field>()

    private var tags: Tags?
    private var model: String?
    private var tool: String?
    private var step: Int64?
    private var fields = ReportFields()

    init(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object(Self.fields) { field, reader throws(JSONError) in
            switch field {
            case .tags: tags = try reader.tags()
            case .model: model = try reader.label(maximum: CallTarget.maximumLength)
            case .tool: tool = try reader.label(maximum: CallTarget.maximumLength)
            case .step: step = try reader.count()
            default:
                guard let reported = ReportFields.Field(rawValue: field.rawValue) else { return try reader.skip() }
                try fields.read(reported, &reader)
            }
        }
    }

    /// The request for the ledger, once its parts are seen to fit together.
    func request(key: APIKey, idempotencyKey: String) throws -> ChargeRequest {
        guard let tags else { throw Problem.invalid("/tags", "send the tags of the call, at least an empty object") }
        try CallTarget.check(model: model, tool: tool)
        let report = try fields.checked()
        guard tool != nil || report.usage != nil || report.statedCost != nil else {
            throw Problem.invalid("/usage", "say what the call used: input_tokens and output_tokens, or a cost")
        }
        var body = CanonicalBytes()
        body.append(tags)
        body.append(model)
        body.append(tool)
        body.append(step)
        report.append(to: &body)
        return ChargeRequest(
            key: key, idempotency: IdempotencyKey(route: "usage", key: idempotencyKey, body: body), tags: tags, model: model, tool: tool,
            report: report, step: step)
    }
}
