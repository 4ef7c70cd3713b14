internal import JSON
internal import Ledger
internal import LedgerStore

/// What commits and direct charges say of a call that was made.
struct ReportFields {
    enum Field: String, CaseIterable {
        case usage, cost, usage_source, status, latency_ms, route_reason, state_hash
    }

    private enum UsageField: String, CaseIterable {
        case input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens, tool_calls
    }

    private static let usageFields = JSONFields<UsageField>()

    private var tokens = TokenFields()
    private var report = UsageReport()

    mutating func read(_ field: Field, _ reader: inout JSONReader) throws(JSONError) {
        switch field {
        case .usage: _ = try reader.optional { reader throws(JSONError) in try readUsage(&reader) }
        case .cost: report.statedCost = try reader.optional { reader throws(JSONError) in try reader.money() }
        case .usage_source: report.source = try reader.optional { reader throws(JSONError) in try reader.choice(UsageReport.Source.self) }
        case .status: report.status = try reader.optional { reader throws(JSONError) in try reader.choice(UsageReport.Status.self) }
        case .latency_ms: report.latencyMilliseconds = try reader.optional { reader throws(JSONError) in try reader.count() }
        case .route_reason: report.routeReason = try reader.optional { reader throws(JSONError) in try reader.label(maximum: 256) }
        case .state_hash: report.stateHash = try reader.optional { reader throws(JSONError) in try reader.label(maximum: 256) }
        }
    }

    private mutating func readUsage(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object(Self.usageFields) { field, reader throws(JSONError) in
            if let tokenField = TokenFields.Field(rawValue: field.rawValue) {
                try tokens.read(tokenField, &reader)
            } else {
                report.toolCalls = try reader.count()
            }
        }
    }

    /// The report, once its counts are seen to fit together.
    func checked() throws -> UsageReport {
        var report = report
        report.usage = try tokens.checked(at: "/usage")
        return report
    }
}
