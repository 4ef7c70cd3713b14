internal import Ledger

/// The text of an API key: `pk_<organisation>_<secret>`.
public struct KeyText: Sendable {
    public let organisation: String
    public let text: String

    /// The fewest characters of a secret that somebody chose himself.
    public static let minimumSecretLength = 32

    /// Nil if the text has another form. Secrets are visible ASCII, up to 256 characters.
    public init?(_ text: String) {
        let parts = text.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "pk", Organisation.isValid(name: String(parts[1])), !parts[2].isEmpty,
            parts[2].utf8.count <= 256, parts[2].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        organisation = String(parts[1])
        self.text = text
    }

    /// A new key with 190 random bits.
    public static func generate(organisation: String) -> String {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return "pk_\(organisation)_\(String(decoding: secret, as: UTF8.self))"
    }

    public var digest: [UInt8] { Digest.sha256(Array(text.utf8)) }
}
