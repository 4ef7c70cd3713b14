/// A logged call while its line is read: every value comes as text, from whatever format, and is checked here.
public struct CallDraft: Sendable {
    public enum Field: String, CaseIterable, Sendable {
        case time, endTime, id, model, tool, inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens, cost, status,
            latency, stateHash
    }

    /// The longest name of a model or tool, and the longest id, in Unicode scalars.
    public static let maximumNameLength = 256

    private var start: Timestamp?
    private var end: Timestamp?
    private var id: String?
    private var model: String?
    private var tool: String?
    private var usage = TokenUsage()
    private var hasUsage = false
    private var cost: Money?
    private var status: ImportedCall.Status?
    private var latency: Int64?
    private var stateHash: String?
    private var tags = Tags()

    public init() {}

    /// Takes a value; an empty one says nothing.
    ///
    /// - Parameters:
    ///   - place: the column or the JSON pointer.
    ///   - rate: what a unit of the log's currency is worth in the organisation's.
    public mutating func set(_ field: Field, _ text: String, at place: String, rate: ExchangeRate = .one) throws(LogFault) {
        guard !text.isEmpty else { return }
        switch field {
        case .time: start = try Self.time(text, at: place)
        case .endTime: end = try Self.time(text, at: place)
        case .id: id = try Self.name(text, at: place)
        case .model: model = try Self.name(text, at: place)
        case .tool: tool = try Self.name(text, at: place)
        case .stateHash: stateHash = try Self.name(text, at: place)
        case .inputTokens:
            usage.input = try Self.count(text, at: place)
            hasUsage = true
        case .outputTokens:
            usage.output = try Self.count(text, at: place)
            hasUsage = true
        case .cachedInputTokens: usage.cachedInput = try Self.count(text, at: place)
        case .cacheWriteTokens: usage.cacheWrite = try Self.count(text, at: place)
        case .reasoningTokens: usage.reasoning = try Self.count(text, at: place)
        case .cost: cost = try Self.money(text, at: place, rate: rate)
        case .status: status = Self.status(text)
        case .latency: latency = try Self.milliseconds(text, at: place)
        }
    }

    /// Takes a tag; an empty value says nothing, and of two values for one tag the first stays.
    public mutating func tag(_ name: String, _ value: String, at place: String) throws(LogFault) {
        guard !value.isEmpty, tags[name] == nil else { return }
        guard Tags.isValid(name: name), !Call.reservedLabels.contains(name) else {
            throw LogFault(place, "'\(name)' cannot be a tag: write 1 to 63 lower-case letters, digits and '_', beginning with a letter")
        }
        guard Self.isPlain(value, maximum: Tags.maximumValueLength) else {
            throw LogFault(place, "a tag value has at most \(Tags.maximumValueLength) characters and no control characters")
        }
        guard tags.entries.count < Tags.maximumCount else { throw LogFault(place, "a call carries at most \(Tags.maximumCount) tags") }
        tags[name] = value
    }

    public func has(_ name: String) -> Bool { tags[name] != nil }

    /// The call, once its parts are seen to fit together.
    ///
    /// - Parameter latest: no logged call is later than this.
    public func call(latest: Timestamp) throws(LogFault) -> ImportedCall {
        guard let start = start ?? end else { throw LogFault("", "the line tells no time; a call needs one, such as 2026-11-21T10:02:00Z") }
        guard start <= latest else { throw LogFault("", "the call lies in the future, at \(start)") }
        guard model != nil || tool != nil else { throw LogFault("", "the line names neither a model nor a tool") }
        guard model == nil || tool == nil else { throw LogFault("", "the line names a model and a tool; a call is of one of them") }
        guard tool != nil || hasUsage || cost != nil else { throw LogFault("", "the line tells neither tokens nor a cost") }
        if let contradiction = usage.contradiction { throw LogFault("", contradiction) }
        var latency = latency
        if latency == nil, let end, end >= start { latency = (end.microseconds - start.microseconds) / 1_000 }
        return ImportedCall(
            ownID: id, at: start, model: model, tool: tool, tags: tags, usage: hasUsage ? usage : nil, statedCost: cost, status: status,
            latencyMilliseconds: latency.map { min($0, TokenUsage.maximum) }, stateHash: stateHash)
    }

    // MARK: - Values

    private static func time(_ text: String, at place: String) throws(LogFault) -> Timestamp {
        guard let time = LogTime.read(text) else {
            throw LogFault(place, "write a time such as 2026-11-21T10:02:00Z, or seconds since 1970")
        }
        return time
    }

    private static func name(_ text: String, at place: String) throws(LogFault) -> String {
        guard isPlain(text, maximum: maximumNameLength) else {
            throw LogFault(place, "write at most \(maximumNameLength) characters, and no control characters")
        }
        return text
    }

    /// A whole number, also written as `12.0`, as programs do that know no other numbers.
    private static func count(_ text: String, at place: String) throws(LogFault) -> Int64 {
        guard let count = ExactDecimal(jsonNumber: text)?.scaled(to: 0), (0...TokenUsage.maximum).contains(count) else {
            throw LogFault(place, "write a whole number from 0 to \(TokenUsage.maximum)")
        }
        return count
    }

    private static func milliseconds(_ text: String, at place: String) throws(LogFault) -> Int64 {
        guard let count = ExactDecimal(jsonNumber: text)?.rounded(to: 0), (0...TokenUsage.maximum).contains(count) else {
            throw LogFault(place, "write milliseconds, 0 or more")
        }
        return count
    }

    /// A decimal of any length, to the nearest nano-unit: what binary numbers left behind (`1.0850000000000001e-05`) is no money.
    private static func money(_ text: String, at place: String, rate: ExchangeRate) throws(LogFault) -> Money {
        guard let decimal = ExactDecimal(jsonNumber: text) else {
            throw LogFault(place, "write the cost as a decimal number of 0 or more, without a currency sign, such as 0.0042")
        }
        guard let converted = rate == .one ? decimal : rate.converted(decimal), let nanos = converted.rounded(to: 9) else {
            throw LogFault(place, "the cost has more digits than the ledger can hold")
        }
        return Money(nanos: nanos)
    }

    /// What is not known says nothing: logs write there what they like.
    private static func status(_ text: String) -> ImportedCall.Status? {
        let word = text.lowercased()
        switch word {
        case "ok", "success", "succeeded", "completed", "true": return .ok
        case "error", "failure", "failed", "exception", "timeout", "false": return .error
        case "cancelled", "canceled", "aborted": return .cancelled
        case "empty": return .empty
        default: return Int(word).flatMap { (100...599).contains($0) ? ($0 < 400 ? .ok : .error) : nil }
        }
    }

    private static func isPlain(_ text: String, maximum: Int) -> Bool {
        guard text.utf8.count <= maximum || text.unicodeScalars.count <= maximum else { return false }
        // Above ASCII a control character begins with C2; almost no text gets there.
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return false }
        return !text.utf8.contains(0xC2) || !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
