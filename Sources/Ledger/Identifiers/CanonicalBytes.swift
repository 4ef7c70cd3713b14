/// An unambiguous byte string of some values: every text is preceded by its length, every absence is told from an
/// empty value. Its hash identifies a balance, or a request body after decoding.
public struct CanonicalBytes: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() { bytes.reserveCapacity(256) }

    public init(prefix: [UInt8]) {
        bytes.reserveCapacity(prefix.count + 128)
        bytes.append(contentsOf: prefix)
    }

    public mutating func append(_ value: Int64) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func append(_ value: Int64?) {
        bytes.append(value == nil ? 0 : 1)
        if let value { append(value) }
    }

    public mutating func append(_ text: String) {
        append(Int64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    public mutating func append(_ text: String?) {
        bytes.append(text == nil ? 0 : 1)
        if let text { append(text) }
    }

    public mutating func append(_ id: Identifier) {
        append(Int64(bitPattern: id.high))
        append(Int64(bitPattern: id.low))
    }

    public mutating func append(_ tags: Tags) {
        append(Int64(tags.entries.count))
        for tag in tags.entries {
            append(tag.name)
            append(tag.value)
        }
    }

    public mutating func append(_ usage: TokenUsage?) {
        bytes.append(usage == nil ? 0 : 1)
        guard let usage else { return }
        for count in [usage.input, usage.output, usage.cachedInput, usage.cacheWrite, usage.reasoning] { append(count) }
    }
}
