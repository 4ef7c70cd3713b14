import Foundation
import LedgerStore

/// A line of progress on standard error.
struct ImportProgress {
    /// Between two lines.
    private static let interval = Duration.milliseconds(500)

    let size: Int?
    private let began = ContinuousClock.now
    private var told = ContinuousClock.now
    /// A terminal's line is written over; a log gets a line each.
    private let isTerminal = isatty(STDERR_FILENO) == 1

    init(size: Int?) { self.size = size }

    mutating func tell(_ counts: ImportCounts, bytes: Int) {
        guard ContinuousClock.now - told > Self.interval else { return }
        told = .now
        write(counts, bytes: bytes, isLast: false)
    }

    func finish(_ counts: ImportCounts, bytes: Int) { write(counts, bytes: bytes, isLast: true) }

    private func write(_ counts: ImportCounts, bytes: Int, isLast: Bool) {
        let seconds = max(0.001, (ContinuousClock.now - began) / .seconds(1))
        let share = size.flatMap { $0 > 0 ? "\(bytes * 100 / $0) %, " : nil } ?? ""
        let line = "\(share)\(counts.lines) lines, \(counts.refused) refused, \(Int(Double(counts.lines) / seconds)) a second"
        let text = isTerminal ? "\r\u{1B}[K\(line)\(isLast ? "\n" : "")" : "\(line)\n"
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
