internal import Foundation
internal import COpenSSL

/// With what messages to one endpoint are signed (Standard Webhooks: `whsec_` and base64).
public struct WebhookSecret: Hashable, Sendable {
    /// 32 random bytes.
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    public static func generate() -> WebhookSecret {
        var generator = SystemRandomNumberGenerator()
        return WebhookSecret(bytes: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// What the receiver configures; shown once.
    public var text: String { "whsec_" + Data(bytes).base64EncodedString() }

    /// One signature as it stands in the header: `v1,` and the base64 of the HMAC-SHA256 (RFC 2104) of id, time and body.
    ///
    /// - Parameter stamp: seconds since 1970, as in `webhook-timestamp`.
    public func signature(id: String, stamp: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(stamp).".utf8) + body
        var output = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        var length: UInt32 = 0
        _ = HMAC(EVP_sha256(), bytes, Int32(bytes.count), signed, signed.count, &output, &length)
        return "v1," + Data(output).base64EncodedString()
    }
}
