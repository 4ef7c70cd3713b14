import ArgumentParser
import Foundation
import Ledger
import LedgerStore

/// Checks an audit file, in constant memory.
struct AuditFileCheck {
    private static let chunkSize = 1 << 20
    /// A line that is longer is of no audit file.
    private static let longestLine = 64 << 20

    let path: String
    let known: SealHead?

    /// - Parameter head: `position:digest`, as somebody wrote it down.
    init(path: String, head: String?) throws {
        self.path = path
        known = try head.map { text in
            let parts = text.split(separator: ":")
            guard parts.count == 2, let position = Int64(parts[0]), position >= 0, let digest = Digest.bytes(hex: parts[1]), digest.count == 32
            else { throw ValidationError("write --head as <position>:<digest>, as GET /v1/seal told them") }
            return SealHead(position: position, digest: digest, sealedAt: nil)
        }
    }

    func run() throws -> AuditCheck.Summary {
        let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
        guard let file else { throw SettingsError("there is no file '\(path)' that can be read") }
        defer { try? file.close() }
        var check = AuditCheck(known: known)
        var line: [UInt8] = []
        while let chunk = try file.read(upToCount: Self.chunkSize), !chunk.isEmpty {
            var rest = [UInt8](chunk)[...]
            while let end = rest.firstIndex(of: 10) {
                line += rest[..<end]
                rest = rest[(end + 1)...]
                try check.take(line)
                line.removeAll(keepingCapacity: true)
            }
            line += rest
            guard line.count <= Self.longestLine else { throw SettingsError("'\(path)' has a line that no audit file has") }
        }
        if !line.isEmpty { try check.take(line) }
        return try check.finish()
    }
}
