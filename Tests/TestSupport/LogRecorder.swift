package import Logging
internal import Synchronization

/// Keeps what the code under test logs, so that a test can see its complaints.
package final class LogRecorder: Sendable {
    private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

    package init() {}

    /// A logger whose lines come here.
    package var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    /// What was logged as an error.
    package var errors: [String] { lines.withLock { $0.filter { $0.level == .error }.map(\.text) } }

    /// Drops what was logged so far, because the test has seen and expected it.
    package func forget() { lines.withLock { $0.removeAll() } }

    fileprivate func record(_ level: Logger.Level, _ text: String) {
        lines.withLock { $0.append((level, text)) }
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            recorder.record(event.level, "\(event.message) \(all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))")
        }
    }
}
