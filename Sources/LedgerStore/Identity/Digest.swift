internal import COpenSSL
public import Ledger

/// SHA-256 (FIPS 180-4), by OpenSSL.
public enum Digest {
    /// The 32 bytes of the digest.
    public static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        output.withUnsafeMutableBufferPointer { hash(bytes, into: $0) }
        return output
    }

    /// The first 128 bits of the digest. Hard enough to collide for ids made from what callers send.
    public static func identifier(_ bytes: some Collection<UInt8>) -> Identifier {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(SHA256_DIGEST_LENGTH)) { output in
            output.initialize(repeating: 0)
            hash(bytes, into: output)
            var halves: (UInt64, UInt64) = (0, 0)
            for position in 0..<8 { halves.0 = halves.0 << 8 | UInt64(output[position]) }
            for position in 8..<16 { halves.1 = halves.1 << 8 | UInt64(output[position]) }
            return Identifier(high: halves.0, low: halves.1)
        }
    }

    /// Whether two digests are equal, in a time that does not depend on where they differ.
    public static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }

    /// Lower-case hexadecimal.
    public static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads what ``hex`` writes; nil for anything else.
    public static func bytes(hex text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for byte in text.utf8 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? bytes : nil
    }

    private static func hash(_ bytes: some Collection<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) {
        let direct: Void? = bytes.withContiguousStorageIfAvailable { source in
            _ = SHA256(source.baseAddress, source.count, output.baseAddress)
        }
        guard direct == nil else { return }
        let copy = Array(bytes)
        _ = SHA256(copy, copy.count, output.baseAddress)
    }
}
