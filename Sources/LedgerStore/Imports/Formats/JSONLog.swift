internal import JSON
internal import Ledger

/// A log of JSON objects whose members are called as the columns of a CSV log are; `tags` is an object, `usage` may be one.
struct JSONLog {
    /// Members that meant nothing, the first of them.
    struct Names {
        private static let limit = 50
        private(set) var list: [String] = []
        private var known: Set<String> = []

        mutating func add(_ name: String) {
            guard list.count < Self.limit else { return }
            let name = LogText.shown(name)
            if known.insert(name).inserted { list.append(name) }
        }
    }

    private let rate: ExchangeRate
    private(set) var names = Names()
    private var isBegun = false

    init(rate: ExchangeRate) { self.rate = rate }

    /// - Throws: where the first record is of another format, and would only seem to be understood.
    mutating func read(_ record: [UInt8]) throws(LogFault) -> [LogParser.Entry] {
        if !isBegun, let format = LogFormat.recognised(record) { throw Self.fault(format) }
        isBegun = true
        var (draft, names) = (CallDraft(), names)
        defer { self.names = names }
        do throws(LogFault) {
            try JSONReader.record(record) { reader throws(JSONError) in
                try reader.dictionary { name, start, reader throws(JSONError) in
                    try Self.member(name, start, &reader, &draft, &names, rate: rate)
                }
            }
            return [.call(draft)]
        } catch {
            return [.refused(error)]
        }
    }

    private static func fault(_ format: LogFormat) -> LogFault {
        LogFault("", "this looks like \(format == .otlp ? "OTLP/JSON traces" : "rows of LiteLLM_SpendLogs"); send it with format=\(format.rawValue)")
    }

    private static func member(
        _ name: String, _ start: Int, _ reader: inout JSONReader, _ draft: inout CallDraft, _ names: inout Names, rate: ExchangeRate
    ) throws(JSONError) {
        if name == "tags" || name == "usage" || name.hasSuffix("_tokens_details"), reader.isAtObject {
            return try reader.dictionary { inner, start, reader throws(JSONError) in
                try member(name == "tags" ? "tag.\(inner)" : inner, start, &reader, &draft, &names, rate: rate)
            }
        }
        let offset = reader.offset
        let value = try reader.scalar()
        guard let meaning = LogColumns.meaning(of: name) else {
            guard !name.hasPrefix("tag.") else { throw JSONError(.unexpected, offset: start, detail: "'\(name.dropFirst(4))' cannot be a tag") }
            return names.add(name)
        }
        guard let value else { return }
        do throws(LogFault) {
            switch meaning {
            case .field(let field): try draft.set(field, value, at: "", rate: rate)
            case .tag(let tag): try draft.tag(tag, value, at: "")
            }
        } catch {
            throw JSONError(error, at: offset)
        }
    }
}
