import Synchronization
import Testing

@testable import Telemetry

@Suite("The access log")
struct AccessLogTests {
    @Test("lines are written in order, whole, and the last ones at the end")
    func order() async throws {
        let written = Mutex<[UInt8]>([])
        let log = AccessLog(registry: MetricRegistry()) { bytes in written.withLock { $0 += bytes } }
        let task = Task { try await log.run() }
        for number in 0..<1_000 { log.append(Array("line \(number)".utf8)) }
        task.cancel()
        _ = try? await task.value
        let text = String(decoding: written.withLock { $0 }, as: UTF8.self)
        #expect(text == (0..<1_000).map { "line \($0)\n" }.joined())
    }

    @Test("what does not fit is dropped and counted, and nobody waits")
    func bound() {
        let registry = MetricRegistry()
        let log = AccessLog(registry: registry) { _ in }
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: AccessLog.capacityBytes / 4 - 1)
        for _ in 0..<6 { log.append(line) }
        let text = String(decoding: registry.exposition(), as: UTF8.self)
        #expect(text.contains(#"purser_access_log_lines_total{outcome="written"} 4"#))
        #expect(text.contains(#"purser_access_log_lines_total{outcome="dropped"} 2"#))
    }
}
