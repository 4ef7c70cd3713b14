extension Rows {
    /// An int8[] of one dimension. NULL elements are a decoding error, here and in every array.
    public func int8Array(_ row: Int, _ column: Int) throws(PostgresError) -> [Int64] {
        try fixedArray(row, column, width: 8) { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    /// An int4[] of one dimension.
    public func int4Array(_ row: Int, _ column: Int) throws(PostgresError) -> [Int32] {
        try fixedArray(row, column, width: 4) { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) }
    }

    /// A bool[] of one dimension.
    public func boolArray(_ row: Int, _ column: Int) throws(PostgresError) -> [Bool] {
        try fixedArray(row, column, width: 1) { $0.loadUnaligned(as: UInt8.self) != 0 }
    }

    /// A timestamptz[] of one dimension, in microseconds since 1970.
    public func timestampArray(_ row: Int, _ column: Int) throws(PostgresError) -> [Int64] {
        let raw = try int8Array(row, column)
        var times: [Int64] = []
        times.reserveCapacity(raw.count)
        for value in raw { times.append(try time(from: value, row, column)) }
        return times
    }

    /// A uuid[] of one dimension.
    @inlinable
    public func uuidArray<U: UUIDRepresentable>(
        _ row: Int,
        _ column: Int,
        as type: U.Type = U.self
    ) throws(PostgresError) -> [U] {
        try fixedArray(row, column, width: 16) {
            U(
                high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// A text[] of one dimension.
    public func textArray(_ row: Int, _ column: Int) throws(PostgresError) -> [String] {
        try array(row, column) { bytes throws(PostgresError) in String(decoding: bytes, as: UTF8.self) }
    }

    /// A bytea[] of one dimension.
    public func byteaArray(_ row: Int, _ column: Int) throws(PostgresError) -> [[UInt8]] {
        try array(row, column) { bytes throws(PostgresError) in [UInt8](bytes) }
    }

    /// A jsonb[] of one dimension, each element the UTF-8 of its JSON text.
    public func jsonbArray(_ row: Int, _ column: Int) throws(PostgresError) -> [[UInt8]] {
        try array(row, column) { bytes throws(PostgresError) in
            guard bytes.first == WireFormat.jsonbVersion else { throw self.badArray(row, column) }
            return [UInt8](bytes.dropFirst())
        }
    }

    @inlinable
    func fixedArray<Element>(
        _ row: Int,
        _ column: Int,
        width: Int,
        load: (UnsafeRawBufferPointer) -> Element
    ) throws(PostgresError) -> [Element] {
        try array(row, column) { bytes throws(PostgresError) in
            guard bytes.count == width else { throw badArray(row, column) }
            return load(bytes)
        }
    }

    /// Walks the elements, checking every length against what is there.
    @inlinable
    func array<Element>(
        _ row: Int,
        _ column: Int,
        decode: (UnsafeRawBufferPointer) throws(PostgresError) -> Element
    ) throws(PostgresError) -> [Element] {
        defer { withExtendedLifetime(self) {} }
        let bytes = try cell(row, column)
        guard bytes.count >= WireFormat.emptyArrayLength else { throw badArray(row, column) }
        let dimensions = Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))
        if dimensions == 0 { return [] }
        guard dimensions == 1, bytes.count >= WireFormat.arrayHeaderLength else { throw badArray(row, column) }
        let count = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 12, as: Int32.self)))
        var offset = WireFormat.arrayHeaderLength
        guard count >= 0, count <= (bytes.count - offset) / 4 else { throw badArray(row, column) }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            guard offset + 4 <= bytes.count else { throw badArray(row, column) }
            let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
            offset += 4
            guard length >= 0, length <= bytes.count - offset else { throw badArray(row, column) }
            elements.append(try decode(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)])))
            offset += length
        }
        return elements
    }

    @usableFromInline
    func badArray(_ row: Int, _ column: Int) -> PostgresError {
        PostgresError(
            .decoding, "no one-dimensional array of the expected type without NULLs at \(place(row, column))")
    }
}
