internal import Crypto
internal import Foundation

/// One attempt to sign in at the issuer, kept by the browser until it comes back (RFC 6749, section 10.12; RFC 7636).
public struct SignInAttempt: Sendable {
    /// Ties the answer to the browser that asked.
    public let state: String
    /// Ties the token to this attempt.
    public let nonce: String
    /// Ties the code to this attempt.
    public let verifier: String

    public init() {
        state = Self.random()
        nonce = Self.random()
        verifier = Self.random()
    }

    /// Reads ``text``; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts.allSatisfy({ $0.utf8.count == 43 && $0.utf8.allSatisfy(Self.isURLByte) }) else { return nil }
        (state, nonce, verifier) = (parts[0], parts[1], parts[2])
    }

    /// For a cookie.
    public var text: String { "\(state).\(nonce).\(verifier)" }

    /// S256 (RFC 7636, section 4.2).
    var challenge: String { Self.challenge(of: verifier) }

    static func challenge(of verifier: String) -> String { Base64URL.encode(SHA256.hash(data: Data(verifier.utf8))) }

    /// 256 bits.
    private static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    private static func isURLByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
