internal import JSON
internal import Ledger

/// Patterns of tags as the JSON object in which they are asked for and kept: a text, a list of texts, or null for a tag that is absent.
enum PatternJSON {
    static func encode(_ pattern: TagPattern) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.object { writer in
            for part in pattern.parts {
                writer.name(part.name)
                switch part.matcher {
                case nil: writer.null()
                case .anyOf(let matchers): writer.array(matchers.flatMap(\.texts)) { $0.string($1) }
                case .some(let matcher): writer.string(matcher.texts.first)
                }
            }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(StoreError) -> TagPattern {
        do {
            return try bytes.withUnsafeBufferPointer { bytes in
                try JSONReader.read(bytes) { reader throws(JSONError) in
                    var parts: [TagPattern.Part] = []
                    try reader.dictionary { name, _, reader throws(JSONError) in
                        parts.append(TagPattern.Part(name: name, matcher: try matcher(&reader)))
                    }
                    return TagPattern(parts)
                }
            }
        } catch {
            throw StoreError(.corrupt, "a stored pattern of tags is not an object of texts and lists")
        }
    }

    private static func matcher(_ reader: inout JSONReader) throws(JSONError) -> Matcher? {
        if try reader.takeNull() { return nil }
        guard reader.isAtArray else { return Matcher(try reader.string()) }
        var matchers: [Matcher] = []
        try reader.array { reader throws(JSONError) in matchers.append(Matcher(try reader.string())) }
        return .anyOf(matchers)
    }
}
