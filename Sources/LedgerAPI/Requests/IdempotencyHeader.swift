internal import HTTPTypes
internal import Hummingbird

/// The header `Idempotency-Key`: a plain token, or the structured-field string of the IETF draft, which has quotes.
enum IdempotencyHeader {
    static let maximumLength = 255

    static func read(_ request: Request) throws -> String {
        guard var key = request.headers[.idempotencyKey] else { throw Problem.idempotencyKeyMissing }
        if key.utf8.count >= 2, key.utf8.first == UInt8(ascii: "\""), key.utf8.last == UInt8(ascii: "\"") {
            key = String(key.dropFirst().dropLast())
        }
        let length = key.utf8.count
        guard length >= 1, length <= maximumLength, key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Problem.idempotencyKeyMissing
        }
        return key
    }
}
