internal import Foundation

/// The first part of a JSON Web Token, as far as it is looked at before its signature is (RFC 7515, section 4.1).
public struct TokenHeader: Sendable {
    let algorithm: String
    let keyID: String?

    private struct Fields: Decodable {
        let alg: String
        let kid: String?
        let typ: String?
        let crit: [String]?
    }

    /// The longest token that is read, in bytes.
    static let maximumBytes = 16_384
    /// The longest first part.
    static let maximumHeaderBytes = 2_048
    /// Kinds of tokens that tell who somebody is; a logout token, for one, does not.
    private static let types: Set<String> = ["jwt", "at+jwt", "application/at+jwt"]

    init(_ token: String) throws(OIDCError) {
        guard token.utf8.count <= Self.maximumBytes else { throw .refused("is longer than \(Self.maximumBytes) bytes") }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count <= Self.maximumHeaderBytes, let bytes = Base64URL.decode(parts[0]),
            let fields = try? JSONDecoder().decode(Fields.self, from: bytes)
        else {
            throw .refused("is no signed JSON Web Token")
        }
        guard SigningKey.algorithms.contains(fields.alg) else { throw .refused("is not signed with a key pair") }
        guard fields.crit == nil else { throw .refused("asks for extensions that are not known here") }
        if let type = fields.typ, !Self.types.contains(type.lowercased()) { throw .refused("is of another kind") }
        algorithm = fields.alg
        keyID = fields.kid
    }

    /// Whether a text looks like a token at all: three parts, and more than dots.
    public static func isToken(_ text: some StringProtocol) -> Bool {
        text.utf8.starts(with: "eyJ".utf8) && text.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2
    }
}
