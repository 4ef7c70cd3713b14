internal import Foundation
internal import Synchronization
public import ServiceLifecycle

/// Lines that are written behind the back of whoever makes them: in order, many at once, and never more than ``capacityBytes``
/// waiting. What comes while that is full is dropped and counted, so that a slow terminal or a full pipe delays no request.
public final class AccessLog: Service {
    /// 1 MiB
    public static let capacityBytes = 1_048_576
    private static let interval: Duration = .milliseconds(200)

    private struct State {
        var waiting: [UInt8] = []
        var isWriting = false
    }

    private let state = Mutex(State())
    private let write: @Sendable ([UInt8]) -> Void
    private let lines: CounterSeries
    private let dropped: CounterSeries
    /// Where writing may block without keeping a request's thread.
    private let writer = WriterThread()

    /// - Parameters:
    ///   - registry: counts lines, and those that were dropped.
    ///   - write: takes whole lines; may block.
    public init(registry: MetricRegistry, write: @escaping @Sendable ([UInt8]) -> Void = AccessLog.standardError) {
        self.write = write
        let family = registry.counter(
            "purser_access_log_lines_total", "Lines of the access log, and those dropped because its buffer was full.", labels: ["outcome"])
        lines = family.series("written")
        dropped = family.series("dropped")
    }

    /// Takes a line without its end.
    public func append(_ line: [UInt8]) {
        let isTaken = state.withLock { state in
            guard state.waiting.count + line.count < Self.capacityBytes else { return false }
            state.waiting += line
            state.waiting.append(UInt8(ascii: "\n"))
            return true
        }
        (isTaken ? lines : dropped).add()
    }

    /// Writes until it is told to stop, and then what is left.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                self.startWriting()
            }
        }
        // A reader that has gone away must not keep the process from ending.
        await writer.drain(withinMilliseconds: 500)
        startWriting()
        await writer.drain(withinMilliseconds: 500)
    }

    private func startWriting() {
        let bytes = state.withLock { state -> [UInt8] in
            guard !state.isWriting, !state.waiting.isEmpty else { return [] }
            state.isWriting = true
            defer { state.waiting.removeAll(keepingCapacity: true) }
            return state.waiting
        }
        guard !bytes.isEmpty else { return }
        writer.run { [self] in
            write(bytes)
            state.withLock { $0.isWriting = false }
        }
    }

    /// Writes to standard error as it is, waiting where it must.
    public static let standardError: @Sendable ([UInt8]) -> Void = { bytes in
        try? FileHandle.standardError.write(contentsOf: Data(bytes))
    }
}
