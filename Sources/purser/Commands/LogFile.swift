import Foundation
import Ledger
import LedgerStore

/// A log on the disk, or on standard input, read part by part.
struct LogFile {
    private static let partSize = 262_144

    private let path: String
    private let handle: FileHandle
    /// In bytes; nil: nobody knows.
    let size: Int?
    /// How many bytes were read.
    private(set) var position = 0
    /// The first part, where it was looked at before it is read.
    private var first: [UInt8]?

    init(_ path: String) throws {
        self.path = path
        guard path != "-" else {
            handle = FileHandle.standardInput
            size = nil
            return
        }
        guard let handle = FileHandle(forReadingAtPath: path) else { throw SettingsError("cannot read \(path)") }
        self.handle = handle
        size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? nil
    }

    /// What tells the log from others: its content, so that the same file goes on with the same import wherever it lies; of standard input its
    /// name.
    func identity(named name: String) throws -> String {
        guard path != "-" else { return "name \(name)" }
        guard let file = FileHandle(forReadingAtPath: path) else { throw SettingsError("cannot read \(path)") }
        defer { try? file.close() }
        var digest: [UInt8] = []
        while let part = try file.read(upToCount: Self.partSize), !part.isEmpty { digest = Digest.sha256(digest + Array(part)) }
        return "content \(Digest.hex(digest))"
    }

    /// The first part, which is read again after that.
    mutating func beginning() throws -> [UInt8] {
        let part = try read() ?? []
        first = part
        return part
    }

    /// The next part; nil at the end.
    mutating func read() throws -> [UInt8]? {
        if let part = first {
            first = nil
            return part.isEmpty ? nil : part
        }
        guard let part = try handle.read(upToCount: Self.partSize), !part.isEmpty else { return nil }
        position += part.count
        return Array(part)
    }
}
