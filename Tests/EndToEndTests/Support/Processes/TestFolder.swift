import Foundation

/// A folder of a test's own that the server's user can reach, with a path short enough for sockets.
struct TestFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/purser-e2e-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        chmod(path, 0o755)
        Leftovers.add(folder: path)
    }

    /// Writes a file and tells its path.
    func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    func remove() { Leftovers.remove(folder: path) }
}
