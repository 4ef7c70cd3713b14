extension Parameters {
    /// An int4[].
    @inlinable
    public mutating func int4Array(_ elements: some Collection<Int32>) {
        fixedArray(elements, of: WireFormat.int4OID, width: 4) { value, target in
            target.storeBytes(of: value.bigEndian, as: Int32.self)
            return true
        }
    }

    /// An int4[] with NULL for nil.
    @inlinable
    public mutating func int4Array(_ elements: some Collection<Int32?>) {
        fixedArray(elements, of: WireFormat.int4OID, width: 4) { value, target in
            guard let value else { return false }
            target.storeBytes(of: value.bigEndian, as: Int32.self)
            return true
        }
    }

    /// An int8[].
    @inlinable
    public mutating func int8Array(_ elements: some Collection<Int64>) {
        fixedArray(elements, of: WireFormat.int8OID, width: 8) { value, target in
            target.storeBytes(of: value.bigEndian, as: Int64.self)
            return true
        }
    }

    /// An int8[] with NULL for nil.
    @inlinable
    public mutating func int8Array(_ elements: some Collection<Int64?>) {
        fixedArray(elements, of: WireFormat.int8OID, width: 8) { value, target in
            guard let value else { return false }
            target.storeBytes(of: value.bigEndian, as: Int64.self)
            return true
        }
    }

    /// A bool[].
    @inlinable
    public mutating func boolArray(_ elements: some Collection<Bool>) {
        fixedArray(elements, of: WireFormat.boolOID, width: 1) { value, target in
            target.storeBytes(of: value ? 1 : 0, as: UInt8.self)
            return true
        }
    }

    /// A bool[] with NULL for nil.
    @inlinable
    public mutating func boolArray(_ elements: some Collection<Bool?>) {
        fixedArray(elements, of: WireFormat.boolOID, width: 1) { value, target in
            guard let value else { return false }
            target.storeBytes(of: value ? 1 : 0, as: UInt8.self)
            return true
        }
    }

    /// A uuid[].
    @inlinable
    public mutating func uuidArray<ID: UUIDRepresentable>(_ elements: some Collection<ID>) {
        fixedArray(elements, of: WireFormat.uuidOID, width: 16) { value, target in
            target.storeBytes(of: value.high.bigEndian, as: UInt64.self)
            target.storeBytes(of: value.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            return true
        }
    }

    /// A uuid[] with NULL for nil.
    @inlinable
    public mutating func uuidArray<ID: UUIDRepresentable>(_ elements: some Collection<ID?>) {
        fixedArray(elements, of: WireFormat.uuidOID, width: 16) { value, target in
            guard let value else { return false }
            target.storeBytes(of: value.high.bigEndian, as: UInt64.self)
            target.storeBytes(of: value.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            return true
        }
    }

    /// A timestamptz[] from microseconds since 1970.
    @inlinable
    public mutating func timestampArray(_ elements: some Collection<Int64>) {
        fixedArray(elements, of: WireFormat.timestamptzOID, width: 8) { value, target in
            let time = WireFormat.timestamptz(microsecondsSince1970: value)
            target.storeBytes(of: time.bigEndian, as: Int64.self)
            return true
        }
    }

    /// A timestamptz[] from microseconds since 1970, with NULL for nil.
    @inlinable
    public mutating func timestampArray(_ elements: some Collection<Int64?>) {
        fixedArray(elements, of: WireFormat.timestamptzOID, width: 8) { value, target in
            guard let value else { return false }
            let time = WireFormat.timestamptz(microsecondsSince1970: value)
            target.storeBytes(of: time.bigEndian, as: Int64.self)
            return true
        }
    }

    /// A text[].
    @inlinable
    public mutating func textArray(_ elements: some Collection<String>) {
        variableArray(elements, of: WireFormat.textOID) { value, buffer in
            buffer.append(contentsOf: value.utf8)
            return true
        }
    }

    /// A text[] with NULL for nil.
    @inlinable
    public mutating func textArray(_ elements: some Collection<String?>) {
        variableArray(elements, of: WireFormat.textOID) { value, buffer in
            guard let value else { return false }
            buffer.append(contentsOf: value.utf8)
            return true
        }
    }

    /// A bytea[].
    @inlinable
    public mutating func byteaArray<Bytes: Collection<UInt8>>(_ elements: some Collection<Bytes>) {
        variableArray(elements, of: WireFormat.byteaOID) { value, buffer in
            buffer.append(contentsOf: value)
            return true
        }
    }

    /// A bytea[] with NULL for nil.
    @inlinable
    public mutating func byteaArray<Bytes: Collection<UInt8>>(_ elements: some Collection<Bytes?>) {
        variableArray(elements, of: WireFormat.byteaOID) { value, buffer in
            guard let value else { return false }
            buffer.append(contentsOf: value)
            return true
        }
    }

    /// A jsonb[] from the UTF-8 of JSON texts.
    @inlinable
    public mutating func jsonbArray<Bytes: Collection<UInt8>>(_ elements: some Collection<Bytes>) {
        variableArray(elements, of: WireFormat.jsonbOID) { value, buffer in
            buffer.append(WireFormat.jsonbVersion)
            buffer.append(contentsOf: value)
            return true
        }
    }

    /// A jsonb[] from the UTF-8 of JSON texts, with SQL NULL for nil.
    @inlinable
    public mutating func jsonbArray<Bytes: Collection<UInt8>>(_ elements: some Collection<Bytes?>) {
        variableArray(elements, of: WireFormat.jsonbOID) { value, buffer in
            guard let value else { return false }
            buffer.append(WireFormat.jsonbVersion)
            buffer.append(contentsOf: value)
            return true
        }
    }
}
