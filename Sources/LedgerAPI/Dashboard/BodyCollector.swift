internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// Takes a body that a route writes.
struct BodyCollector: ResponseBodyWriter {
    /// 16 MiB
    private static let maximumBytes = 16_777_216

    private final class Bytes: Sendable {
        let buffer = Mutex(ByteBuffer())
    }

    private let bytes = Bytes()

    mutating func write(_ part: ByteBuffer) async throws {
        try bytes.buffer.withLock { whole in
            guard whole.readableBytes + part.readableBytes <= Self.maximumBytes else { throw Problem.internalError }
            var part = part
            whole.writeBuffer(&part)
        }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}

    static func collect(_ body: ResponseBody) async throws -> [UInt8] {
        let collector = BodyCollector()
        let bytes = collector.bytes
        try await body.write(collector)
        return bytes.buffer.withLock { Array($0.readableBytesView) }
    }
}
