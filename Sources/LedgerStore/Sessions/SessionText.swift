internal import Ledger

/// The token of a session: `ps_<organisation>_<secret>`. Only its digest is kept.
public struct SessionText: Sendable {
    public let organisation: String
    public let text: String

    private static let secretBytes = 32

    /// Nil if the text has another form.
    public init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "ps", Organisation.isValid(name: String(parts[1])), parts[2].utf8.count == Self.secretBytes * 2,
            Digest.bytes(hex: parts[2]) != nil
        else { return nil }
        organisation = String(parts[1])
        self.text = text
    }

    private init(organisation: String, secret: [UInt8]) {
        self.organisation = organisation
        text = "ps_\(organisation)_\(Digest.hex(secret))"
    }

    /// A new token with 256 random bits.
    public static func generate(organisation: String) -> SessionText {
        var generator = SystemRandomNumberGenerator()
        return SessionText(organisation: organisation, secret: (0..<secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    public var digest: [UInt8] { Digest.sha256(text.utf8) }

    /// What the forms of this session send, and nobody else can know.
    public var formToken: String { Digest.hex(Digest.sha256("purser form \(text)".utf8)) }
}
