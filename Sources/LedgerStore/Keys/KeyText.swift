internal import Ledger

/// The text of an API key: `pk_<organisation>_<secret>`.
public struct KeyText: Sendable {
    public let organisation: String
    public let text: String

    /// The fewest characters of a secret that somebody chose himself.
    public static let minimumSecretLength = 32

    /// Nil if the text has another form. Secrets are visible ASCII, up to 256 characters.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.starts(with: "pk_".utf8) else { return nil }
        let name = bytes.dropFirst(3).prefix { $0 != UInt8(ascii: "_") }
        let secret = bytes[name.endIndex...].dropFirst()
        guard (1...256).contains(secret.count), secret.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let organisation = String(name),
            Organisation.isValid(name: organisation)
        else { return nil }
        self.organisation = organisation
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
