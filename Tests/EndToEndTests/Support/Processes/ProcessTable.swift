import Foundation

/// What the system says of processes, in `/proc`.
enum ProcessTable {
    static let isReadable = FileManager.default.fileExists(atPath: "/proc/self/status")

    /// Whether a process is there and does something: one that has ended may wait for its parent to ask how.
    static func isAlive(_ process: pid_t) -> Bool {
        guard kill(process, 0) == 0 || errno == EPERM else { return false }
        return !isReadable || text("State", of: process).map { $0 != "Z" } ?? false
    }

    static func children(of parent: pid_t) -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { pid_t($0) }.filter { field("PPid", of: $0) == Int(parent) }
    }

    /// The most memory that a process had so far, in kilobytes.
    static func peakKilobytes(of process: pid_t) -> Int? { field("VmHWM", of: process) }

    private static func field(_ name: String, of process: pid_t) -> Int? { text(name, of: process).flatMap { Int($0) } }

    private static func text(_ name: String, of process: pid_t) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.map(String.init)
    }
}
