internal import Ledger

/// Reads the calls out of the records of a log. It does no I/O: what comes out follows from what goes in.
struct LogParser {
    /// What a record holds.
    enum Entry {
        case call(CallDraft)
        case refused(LogFault)
        /// Something that is no call of a model or a tool.
        case passedOver
    }

    private enum Reader {
        case csv(CSVLog)
        case json(JSONLog)
        case litellm(LiteLLMLog)
        case otlp(OTLPLog)
    }

    private var reader: Reader

    /// - Parameter rate: what a unit of the log's currency is worth in the organisation's.
    init(_ format: LogFormat, rate: ExchangeRate = .one) {
        reader =
            switch format {
            case .csv: .csv(CSVLog(rate: rate))
            case .jsonl: .json(JSONLog(rate: rate))
            case .litellm: .litellm(LiteLLMLog(rate: rate))
            case .otlp: .otlp(OTLPLog(rate: rate))
            }
    }

    /// The columns or members that meant nothing, in the order in which they were met, the first of them.
    var ignored: [String] {
        switch reader {
        case .csv(let log): log.ignored
        case .json(let log): log.names.list
        case .litellm, .otlp: []
        }
    }

    /// - Throws: where the log as a whole cannot be read.
    mutating func read(_ record: [UInt8]) throws(LogFault) -> [Entry] {
        switch reader {
        case .csv(var log):
            defer { reader = .csv(log) }
            return try log.read(record)
        case .json(var log):
            defer { reader = .json(log) }
            return try log.read(record)
        case .litellm(let log): return [log.read(record)]
        case .otlp(let log): return log.read(record)
        }
    }

    /// Whether the log says by its beginning what it is, so that it need not hold a call.
    var hasHeader: Bool { if case .csv(let log) = reader { log.hasHeader } else { false } }

    /// Whether a log that ends now lacks what it should have begun with.
    var isHeaderMissing: Bool { if case .csv(let log) = reader { !log.hasHeader } else { false } }
}
