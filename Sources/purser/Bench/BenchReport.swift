import Foundation

/// The outcome of a run; latencies in milliseconds.
struct BenchReport: Codable, Sendable {
    let done: Int
    let seconds: Double
    let rate: Double
    let p50: Double
    let p90: Double
    let p99: Double
    let p999: Double
    let max: Double
    let errors: [String: Int]

    var text: String {
        var lines = [
            String(format: "%d done in %.1f s: %.0f/s", done, seconds, rate),
            String(format: "latency ms: p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f", p50, p90, p99, p999, max),
        ]
        for (reason, count) in errors.sorted(by: { $0.key < $1.key }) { lines.append("\(count) × \(reason)") }
        return lines.joined(separator: "\n")
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
