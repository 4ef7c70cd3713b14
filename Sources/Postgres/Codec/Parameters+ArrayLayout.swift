extension Parameters {
    /// Appends a one-dimensional array whose elements all have `width` bytes. `store` writes one element, or says false
    /// for NULL. The buffer grows once, for the hot statements pass their rows this way.
    @inlinable
    @inline(__always)
    mutating func fixedArray<Elements: Collection>(
        _ elements: Elements,
        of oid: UInt32,
        width: Int,
        store: (Elements.Element, UnsafeMutableRawPointer) -> Bool
    ) {
        let capacity = elements.count
        let start = buffer.count
        guard capacity > 0 else { return emptyArray(of: oid) }
        let most = WireFormat.arrayHeaderLength + capacity * (4 + width)
        buffer.append(contentsOf: repeatElement(0, count: most))
        let used = buffer.withUnsafeMutableBytes { bytes -> Int in
            var offset = start + WireFormat.arrayHeaderLength
            var count: Int32 = 0
            var hasNulls: Int32 = 0
            for element in elements where count < capacity {
                let target = UnsafeMutableRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 4 + width)])
                let stored = target.baseAddress.map { store(element, $0) } ?? false
                let length: Int32 = stored ? Int32(truncatingIfNeeded: width) : -1
                bytes.storeBytes(of: length.bigEndian, toByteOffset: offset, as: Int32.self)
                offset += stored ? 4 + width : 4
                if !stored { hasNulls = 1 }
                count += 1
            }
            bytes.storeArrayHeader(at: start, oid: oid, hasNulls: hasNulls, count: count)
            return offset - start
        }
        buffer.removeLast(most - used)
        finish(from: start)
    }

    /// Appends a one-dimensional array whose elements have a length each. `append` adds the bytes of one element, or
    /// says false for NULL.
    @inlinable
    @inline(__always)
    mutating func variableArray<Elements: Collection>(
        _ elements: Elements,
        of oid: UInt32,
        append: (Elements.Element, inout [UInt8]) -> Bool
    ) {
        guard !elements.isEmpty else { return emptyArray(of: oid) }
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: WireFormat.arrayHeaderLength))
        var count: Int32 = 0
        var hasNulls: Int32 = 0
        for element in elements {
            let lengthOffset = buffer.count
            buffer.appendBigEndian(Int32(-1))
            if append(element, &buffer) {
                let length = Int32(clamping: buffer.count - lengthOffset - 4)
                buffer.withUnsafeMutableBytes {
                    $0.storeBytes(of: length.bigEndian, toByteOffset: lengthOffset, as: Int32.self)
                }
            } else {
                hasNulls = 1
            }
            count += 1
        }
        buffer.withUnsafeMutableBytes { $0.storeArrayHeader(at: start, oid: oid, hasNulls: hasNulls, count: count) }
        finish(from: start)
    }

    @inlinable
    mutating func emptyArray(of oid: UInt32) {
        let start = buffer.count
        buffer.appendBigEndian(Int32(0))
        buffer.appendBigEndian(Int32(0))
        buffer.appendBigEndian(oid)
        finish(from: start)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// One dimension that begins at 1.
    @inlinable
    func storeArrayHeader(at offset: Int, oid: UInt32, hasNulls: Int32, count: Int32) {
        storeBytes(of: Int32(1).bigEndian, toByteOffset: offset, as: Int32.self)
        storeBytes(of: hasNulls.bigEndian, toByteOffset: offset + 4, as: Int32.self)
        storeBytes(of: oid.bigEndian, toByteOffset: offset + 8, as: UInt32.self)
        storeBytes(of: count.bigEndian, toByteOffset: offset + 12, as: Int32.self)
        storeBytes(of: Int32(1).bigEndian, toByteOffset: offset + 16, as: Int32.self)
    }
}
