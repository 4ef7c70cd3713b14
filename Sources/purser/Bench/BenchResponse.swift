/// One HTTP/1.1 response, read just far enough for a load generator.
struct BenchResponse {
    let status: Int
    let isReplay: Bool
    /// Where the body begins, and where the response ends.
    let body: Range<Int>

    /// Nil while the response is not complete. Answers of the service always have a Content-Length.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 12, let headEnd = Self.find("\r\n\r\n", in: bytes, from: 0) else { return nil }
        var length = 0
        if let position = Self.find("ontent-length: ", in: bytes, from: 0) ?? Self.find("ontent-Length: ", in: bytes, from: 0), position < headEnd {
            var index = position + 15
            while bytes[index] >= 48, bytes[index] <= 57 {
                length = length * 10 + Int(bytes[index] - 48)
                index += 1
            }
        }
        let start = headEnd + 4
        guard bytes.count >= start + length else { return nil }
        status = Int(bytes[9] &- 48) * 100 + Int(bytes[10] &- 48) * 10 + Int(bytes[11] &- 48)
        isReplay = Self.find("dempotent-", in: UnsafeRawBufferPointer(rebasing: bytes[..<headEnd]), from: 0) != nil
        body = start..<(start + length)
    }

    private static func find(_ needle: StaticString, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let count = needle.utf8CodeUnitCount
        let first = needle.utf8Start[0]
        var index = start
        while index + count <= bytes.count {
            if bytes[index] == first {
                var offset = 1
                while offset < count, bytes[index + offset] == needle.utf8Start[offset] { offset += 1 }
                if offset == count { return index }
            }
            index += 1
        }
        return nil
    }
}
