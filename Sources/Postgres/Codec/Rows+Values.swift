extension Rows {
    /// An int8.
    @inlinable
    public func int8(_ row: Int, _ column: Int) throws(PostgresError) -> Int64 {
        try load(row, column, length: 8) { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    /// An int8, or nil for NULL.
    @inlinable
    public func int8IfPresent(_ row: Int, _ column: Int) throws(PostgresError) -> Int64? {
        isNull(row, column) ? nil : try int8(row, column)
    }

    /// An int4.
    @inlinable
    public func int4(_ row: Int, _ column: Int) throws(PostgresError) -> Int32 {
        try load(row, column, length: 4) { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) }
    }

    /// An int4, or nil for NULL.
    @inlinable
    public func int4IfPresent(_ row: Int, _ column: Int) throws(PostgresError) -> Int32? {
        isNull(row, column) ? nil : try int4(row, column)
    }

    /// A float8.
    @inlinable
    public func double(_ row: Int, _ column: Int) throws(PostgresError) -> Double {
        try load(row, column, length: 8) {
            Double(bitPattern: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)))
        }
    }

    /// A float8, or nil for NULL.
    @inlinable
    public func doubleIfPresent(_ row: Int, _ column: Int) throws(PostgresError) -> Double? {
        isNull(row, column) ? nil : try double(row, column)
    }

    /// A bool.
    @inlinable
    public func bool(_ row: Int, _ column: Int) throws(PostgresError) -> Bool {
        try load(row, column, length: 1) { $0.loadUnaligned(as: UInt8.self) != 0 }
    }

    /// A bool, or nil for NULL.
    @inlinable
    public func boolIfPresent(_ row: Int, _ column: Int) throws(PostgresError) -> Bool? {
        isNull(row, column) ? nil : try bool(row, column)
    }

    /// A text, varchar, name or json.
    @inlinable
    public func text(_ row: Int, _ column: Int) throws(PostgresError) -> String {
        try withBytes(row, column) { bytes throws(PostgresError) in String(decoding: bytes, as: UTF8.self) }
    }

    /// A text, or nil for NULL.
    @inlinable
    public func textIfPresent(_ row: Int, _ column: Int) throws(PostgresError) -> String? {
        isNull(row, column) ? nil : try text(row, column)
    }

    /// A bytea, or the raw bytes of anything.
    @inlinable
    public func bytes(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8] {
        try withBytes(row, column) { bytes throws(PostgresError) in [UInt8](bytes) }
    }

    /// A bytea, or nil for NULL.
    @inlinable
    public func bytesIfPresent(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8]? {
        isNull(row, column) ? nil : try bytes(row, column)
    }

    /// A uuid.
    @inlinable
    public func uuid<U: UUIDRepresentable>(
        _ row: Int,
        _ column: Int,
        as type: U.Type = U.self
    ) throws(PostgresError) -> U {
        try load(row, column, length: 16) {
            U(
                high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// A uuid, or nil for NULL.
    @inlinable
    public func uuidIfPresent<U: UUIDRepresentable>(
        _ row: Int,
        _ column: Int,
        as type: U.Type = U.self
    ) throws(PostgresError) -> U? {
        isNull(row, column) ? nil : try uuid(row, column, as: type)
    }

    /// A timestamptz in microseconds since 1970. An infinity, and a time that an Int64 cannot hold, are decoding errors.
    @inlinable
    public func timestamp(_ row: Int, _ column: Int) throws(PostgresError) -> Int64 {
        try time(from: try int8(row, column), row, column)
    }

    /// A timestamptz in microseconds since 1970, or nil for NULL.
    @inlinable
    public func timestampIfPresent(_ row: Int, _ column: Int) throws(PostgresError) -> Int64? {
        isNull(row, column) ? nil : try timestamp(row, column)
    }

    /// The JSON text of a jsonb, as UTF-8.
    public func json(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8] {
        try withBytes(row, column) { bytes throws(PostgresError) in
            guard bytes.first == WireFormat.jsonbVersion else {
                throw PostgresError(.decoding, "no jsonb of a known version at \(place(row, column))")
            }
            return [UInt8](bytes.dropFirst())
        }
    }

    /// The JSON text of a jsonb, or nil for NULL.
    public func jsonIfPresent(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8]? {
        isNull(row, column) ? nil : try json(row, column)
    }

    @usableFromInline
    func time(from value: Int64, _ row: Int, _ column: Int) throws(PostgresError) -> Int64 {
        let (time, overflow) = value.addingReportingOverflow(WireFormat.epochOffset)
        guard !overflow, value != .min else {
            throw PostgresError(.decoding, "a time without end or out of range at \(place(row, column))")
        }
        return time
    }
}
