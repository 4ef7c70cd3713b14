internal import Hummingbird
internal import JSON
internal import NIOCore

/// Reads request bodies, bounded, and turns reader errors into problems.
enum RequestBody {
    /// 256 KiB
    static let defaultLimit = 262_144

    /// The bytes of a body of one of these media types.
    static func bytes(_ request: Request, limit: Int = defaultLimit, types: [String] = ["application/json"]) async throws -> ByteBuffer {
        try requireType(request, types)
        return try await collect(request, limit: limit)
    }

    /// Passes if the body is of one of these media types.
    static func requireType(_ request: Request, _ types: [String]) throws {
        guard let sent = request.headers[.contentType], types.contains(sent) || types.contains(mediaType(sent)) else {
            throw Problem.unsupportedMediaType(types.joined(separator: " or "))
        }
    }

    /// Decodes a JSON body.
    static func decode<Value>(
        _ request: Request, limit: Int = defaultLimit, _ body: (inout JSONReader) throws(JSONError) -> Value
    ) async throws -> Value {
        try decode(try await bytes(request, limit: limit), body)
    }

    /// Decodes a JSON body that may be left out.
    static func decodeIfPresent<Value>(
        _ request: Request, _ body: (inout JSONReader) throws(JSONError) -> Value
    ) async throws -> Value? {
        if request.headers[.contentType] == nil {
            guard try await collect(request, limit: defaultLimit).readableBytes > 0 else { return nil }
            throw Problem.unsupportedMediaType("application/json")
        }
        let buffer = try await bytes(request)
        return buffer.readableBytes == 0 ? nil : try decode(buffer, body)
    }

    static func decode<Value>(_ buffer: ByteBuffer, _ body: (inout JSONReader) throws(JSONError) -> Value) throws -> Value {
        try buffer.withUnsafeReadableBytes { raw in
            let bytes = raw.assumingMemoryBound(to: UInt8.self)
            do throws(JSONError) {
                return try JSONReader.read(bytes, body)
            } catch {
                switch error.kind {
                case .malformed: throw Problem.malformed("Byte \(error.offset): \(error.detail).")
                case .unexpected: throw Problem.invalid(JSONPointer.locate(error.offset, in: bytes), error.detail)
                }
            }
        }
    }

    /// The media type in a Content-Type, without parameters.
    private static func mediaType(_ header: String) -> String {
        (header.split(separator: ";", maxSplits: 1).first ?? "").split(separator: " ").joined(separator: " ").lowercased()
    }

    private static func collect(_ request: Request, limit: Int) async throws -> ByteBuffer {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { throw Problem.tooLarge(limit: limit) }
        do {
            return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Problem.tooLarge(limit: limit)
        }
    }
}
