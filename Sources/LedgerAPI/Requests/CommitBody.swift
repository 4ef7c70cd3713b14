internal import JSON
internal import LedgerStore

/// The body of `POST /v1/reservations/{id}/commit`.
struct CommitBody {
    private enum Field: String, CaseIterable {
        case usage, cost, usage_source, model, status, latency_ms, route_reason, state_hash
    }

    private static let fields = JSONFields<Field>()

    private var fields = ReportFields()
    private var model: String?

    init(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object(Self.fields) { field, reader throws(JSONError) in
            if let reported = ReportFields.Field(rawValue: field.rawValue) {
                try fields.read(reported, &reader)
            } else {
                model = try reader.optional { reader throws(JSONError) in try reader.label(maximum: CallTarget.maximumLength) }
            }
        }
    }

    func report() throws -> UsageReport {
        var report = try fields.checked()
        report.model = model
        return report
    }
}
