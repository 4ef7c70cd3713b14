/// How a log is written.
public enum LogFormat: String, CaseIterable, Sendable {
    /// RFC 4180 with a row of names.
    case csv
    /// An object a line, or one array of objects.
    case jsonl
    /// Rows of `LiteLLM_SpendLogs`, as an array or one a line.
    case litellm
    /// OTLP/JSON traces, one document a line or one in all.
    case otlp

    /// The longest line, or the longest element of an array, in bytes: what of a log is in memory at once. A line of OTLP is a whole
    /// batch of spans.
    var recordLimit: Int { self == .otlp ? 16_777_216 : 1_048_576 }
}
