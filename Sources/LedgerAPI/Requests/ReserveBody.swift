internal import JSON
internal import Ledger
internal import LedgerStore

/// The body of `POST /v1/reservations`.
struct ReserveBody {
    private enum Field: String, CaseIterable {
        case tags, model, tool, estimate, ttl_seconds, state_hash, step
    }

    private enum EstimateField: String, CaseIterable {
        case input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens, cost
    }

    private static let fields = JSONFields<Field>()
    private static let estimateFields = JSONFields<EstimateField>()
    private static let defaultTTLSeconds: Int64 = 120
    static let ttlBounds: ClosedRange<Int64> = 1...3_600

    private var tags: Tags?
    private var model: String?
    private var tool: String?
    private var tokens = TokenFields()
    private var cost: Money?
    private var ttlSeconds = defaultTTLSeconds
    private var stateHash: String?
    private var step: Int64?

    init(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object(Self.fields) { field, reader throws(JSONError) in
            switch field {
            case .tags: tags = try reader.tags()
            case .model: model = try reader.label(maximum: CallTarget.maximumLength)
            case .tool: tool = try reader.label(maximum: CallTarget.maximumLength)
            case .estimate: try readEstimate(&reader)
            case .ttl_seconds: ttlSeconds = try reader.integer(in: Self.ttlBounds)
            case .state_hash: stateHash = try reader.label(maximum: 256)
            case .step: step = try reader.count()
            }
        }
    }

    private mutating func readEstimate(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object(Self.estimateFields) { field, reader throws(JSONError) in
            if let tokenField = TokenFields.Field(rawValue: field.rawValue) {
                try tokens.read(tokenField, &reader)
            } else {
                cost = try reader.money()
            }
        }
    }

    /// The request for the ledger, once its parts are seen to fit together.
    func request(key: APIKey, idempotencyKey: String) throws -> ReserveRequest {
        guard let tags else { throw Problem.invalid("/tags", "send the tags of the call, at least an empty object") }
        try CallTarget.check(model: model, tool: tool)
        let usage = try tokens.checked(at: "/estimate")
        guard tool != nil || usage != nil || cost != nil else {
            throw Problem.invalid("/estimate", "estimate the call: input_tokens and output_tokens, or a cost")
        }
        var body = CanonicalBytes()
        body.append(tags)
        body.append(model)
        body.append(tool)
        body.append(usage)
        body.append(cost?.nanos)
        body.append(ttlSeconds)
        body.append(stateHash)
        body.append(step)
        return ReserveRequest(
            key: key, idempotency: IdempotencyKey(route: "reservations", key: idempotencyKey, body: body), tags: tags, model: model,
            tool: tool, usage: usage, statedCost: cost, ttlSeconds: ttlSeconds, step: step, stateHash: stateHash)
    }
}
