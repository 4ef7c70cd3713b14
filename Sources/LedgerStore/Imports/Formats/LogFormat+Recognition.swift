/// Telling a format by how a log begins.
extension LogFormat {
    /// How many bytes of a log are looked at.
    public static let recognitionLength = 65_536

    /// What programs write whose logs would pass for JSON lines, and would lose most of what they say.
    ///
    /// - Parameter beginning: of the log, as far as it is at hand; where it begins with no object, or with one of nobody known, nil.
    public static func recognised(_ beginning: some Sequence<UInt8>) -> LogFormat? {
        let names = firstNames(beginning)
        if names.contains("resourceSpans") || names.contains("resource_spans") { return .otlp }
        let others: Set<String> = ["spend", "request_id", "call_type", "api_key", "request_tags"]
        return names.contains("startTime") && names.intersection(others).count > 1 ? .litellm : nil
    }

    /// The members of the first object, an array around it or not.
    private static func firstNames(_ beginning: some Sequence<UInt8>) -> Set<String> {
        var names: Set<String> = []
        var text: [UInt8] = []
        var (depth, isQuoted, isEscaped) = (0, false, false)
        for byte in beginning.prefix(recognitionLength) {
            if isQuoted {
                if !isEscaped, byte == UInt8(ascii: "\"") { isQuoted = false } else if depth == 1, text.count < 64 { text.append(byte) }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isQuoted = true
                text = []
            case UInt8(ascii: ":"): if depth == 1 { names.insert(String(decoding: text, as: UTF8.self)) }
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "["): if depth > 0 { depth += 1 }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= 0 { return names }
            default: break
            }
        }
        return names
    }
}
