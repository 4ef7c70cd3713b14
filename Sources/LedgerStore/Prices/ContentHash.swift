/// The SHA-256 of a file's bytes.
public struct ContentHash: Hashable, Sendable {
    /// 64 lower-case hexadecimal digits.
    public let hex: String

    /// Hashes a file.
    public init(of bytes: [UInt8]) { hex = Digest.hex(Digest.sha256(bytes)) }

    /// Reads 64 hexadecimal digits in either case; nil for anything else.
    public init?(hex: String) {
        let digits = hex.utf8
        guard digits.count == 64, digits.allSatisfy({ (48...57).contains($0) || (65...70).contains($0) || (97...102).contains($0) }) else {
            return nil
        }
        self.hex = hex.lowercased()
    }
}
