/// The values of `$1`, `$2`, … of one statement, in binary, appended in that order.
///
/// All of them share one buffer, so that a batch of columns costs a few allocations however many rows it has; keep a
/// value and call ``removeAll()`` to use the buffers again. The types must be those that the SQL gives the parameters
/// (`$1::int8`): the server refuses a wrong width, but takes any eight bytes for any type of eight bytes.
public struct Parameters: Sendable {
    @usableFromInline
    struct Value: Sendable {
        @usableFromInline let offset: Int
        /// In bytes; -1 for NULL.
        @usableFromInline let length: Int32

        @inlinable
        init(offset: Int, length: Int32) {
            self.offset = offset
            self.length = length
        }
    }

    @usableFromInline var buffer: [UInt8] = []
    @usableFromInline var values: [Value] = []

    /// No parameters yet.
    @inlinable
    public init() {}

    /// How many values there are. The protocol allows 65,535.
    @inlinable
    public var count: Int { values.count }

    /// Makes room for `values` more values of `bytes` bytes in all.
    @inlinable
    public mutating func reserveCapacity(values count: Int, bytes: Int) {
        values.reserveCapacity(values.count + count)
        buffer.reserveCapacity(buffer.count + bytes)
    }

    /// Forgets the values and keeps the memory.
    @inlinable
    public mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
        buffer.removeAll(keepingCapacity: true)
    }

    /// NULL of any type.
    @inlinable
    public mutating func null() {
        values.append(Value(offset: buffer.count, length: -1))
    }

    /// A bool.
    @inlinable
    public mutating func bool(_ value: Bool) {
        values.append(Value(offset: buffer.count, length: 1))
        buffer.append(value ? 1 : 0)
    }

    /// An int4.
    @inlinable
    public mutating func int4(_ value: Int32) { fixed(value) }

    /// An int8.
    @inlinable
    public mutating func int8(_ value: Int64) { fixed(value) }

    /// An int8 or NULL.
    @inlinable
    public mutating func int8(_ value: Int64?) {
        if let value { fixed(value) } else { null() }
    }

    /// A float8.
    @inlinable
    public mutating func double(_ value: Double) { fixed(value.bitPattern) }

    /// A text. The server refuses U+0000 in it (22021).
    @inlinable
    public mutating func text(_ value: String) {
        bytes(value.utf8)
    }

    /// A text or NULL.
    @inlinable
    public mutating func text(_ value: String?) {
        if let value { text(value) } else { null() }
    }

    /// A bytea.
    @inlinable
    public mutating func bytes(_ value: some Collection<UInt8>) {
        let offset = buffer.count
        buffer.append(contentsOf: value)
        finish(from: offset)
    }

    /// A bytea or NULL.
    @inlinable
    public mutating func bytes(_ value: (some Collection<UInt8>)?) {
        if let value { bytes(value) } else { null() }
    }

    /// A jsonb from the UTF-8 of a JSON text.
    @inlinable
    public mutating func json(_ value: some Collection<UInt8>) {
        let offset = buffer.count
        buffer.append(WireFormat.jsonbVersion)
        buffer.append(contentsOf: value)
        finish(from: offset)
    }

    /// A jsonb or an SQL NULL.
    @inlinable
    public mutating func json(_ value: (some Collection<UInt8>)?) {
        if let value { json(value) } else { null() }
    }

    /// A uuid.
    @inlinable
    public mutating func uuid(_ value: some UUIDRepresentable) {
        values.append(Value(offset: buffer.count, length: 16))
        buffer.appendBigEndian(value.high)
        buffer.appendBigEndian(value.low)
    }

    /// A uuid or NULL.
    @inlinable
    public mutating func uuid(_ value: (some UUIDRepresentable)?) {
        if let value { uuid(value) } else { null() }
    }

    /// A timestamptz. A time outside the server's range (4713 BC to AD 294276) is refused by it (22008).
    @inlinable
    public mutating func timestamp(microsecondsSince1970 time: Int64) {
        fixed(WireFormat.timestamptz(microsecondsSince1970: time))
    }

    /// A timestamptz or NULL.
    @inlinable
    public mutating func timestamp(microsecondsSince1970 time: Int64?) {
        if let time { timestamp(microsecondsSince1970: time) } else { null() }
    }

    @inlinable
    mutating func fixed(_ value: some FixedWidthInteger) {
        let offset = buffer.count
        buffer.appendBigEndian(value)
        finish(from: offset)
    }

    /// Notes the bytes from `offset` to the end as one value. The server takes none above 1 GiB.
    @inlinable
    mutating func finish(from offset: Int) {
        values.append(Value(offset: offset, length: Int32(clamping: buffer.count - offset)))
    }
}

extension [UInt8] {
    @inlinable
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
