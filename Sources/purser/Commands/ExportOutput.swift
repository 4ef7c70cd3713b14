import Foundation
import Ledger

/// Standard output, with a line of progress on standard error.
struct ExportOutput {
    /// Between two lines of progress.
    private static let interval = Duration.milliseconds(500)

    private let unit: String
    private let began = ContinuousClock.now
    private var told = ContinuousClock.now
    private var count = 0
    private var bytes = 0
    /// A terminal's line is written over; a log gets a line each.
    private let isTerminal = isatty(STDERR_FILENO) == 1

    init(unit: String) { self.unit = unit }

    /// - Parameter until: how far in time the export has come.
    mutating func write(_ data: [UInt8], count more: Int = 0, until: Timestamp? = nil) throws {
        if !data.isEmpty { try FileHandle.standardOutput.write(contentsOf: Data(data)) }
        count += more
        bytes += data.count
        guard ContinuousClock.now - told > Self.interval else { return }
        told = .now
        tell(until.map { "up to \($0)" } ?? "", isLast: false)
    }

    func finish(_ detail: String) { tell(detail, isLast: true) }

    private func tell(_ detail: String, isLast: Bool) {
        let seconds = max(0.001, (ContinuousClock.now - began) / .seconds(1))
        let line = "\(count) \(unit), \(bytes / 1_000_000) MB, \(Int(Double(count) / seconds)) a second, \(detail)"
        let text = isTerminal ? "\r\u{1B}[K\(line)\(isLast ? "\n" : "")" : "\(line)\n"
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
