internal import Foundation
internal import JWTKit

/// A public key of the issuer (RFC 7517), for one algorithm. Each has a collection of its own: the library falls back to another
/// key of a collection where it does not find the one that a token names.
struct SigningKey: Sendable {
    let id: String?
    let algorithm: String
    let keys: JWTKeyCollection

    /// The algorithms of public keys (RFC 7518, section 3.1; RFC 8037). A secret shared by both sides and `none` are not among them.
    static let algorithms: Set<String> = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]

    /// What decides whether a key of the document is one to check signatures with.
    private struct Kind: Decodable {
        let kty: String
        let crv: String?
        let use: String?
        let alg: String?
        let kid: String?

        /// The one that the key says, else the one that belongs to its kind.
        var algorithm: String? {
            if let alg { return SigningKey.algorithms.contains(alg) ? alg : nil }
            return switch (kty, crv) {
            case ("RSA", _): "RS256"
            case ("EC", "P-256"): "ES256"
            case ("EC", "P-384"): "ES384"
            case ("EC", "P-521"): "ES512"
            case ("OKP", "Ed25519"): "EdDSA"
            default: nil
            }
        }
    }

    /// The claims of a token that this key has signed.
    ///
    /// - Returns: nil where the signature does not fit.
    func claims(of token: String) async throws(OIDCError) -> [String: ClaimValue]? {
        do {
            return try await keys.verify(token, as: SignedClaims.self).claims
        } catch let error as JWTError where error.errorType == .malformedToken {
            throw .refused("has claims that cannot be read")
        } catch {
            return nil
        }
    }

    private struct Document<Key: Decodable>: Decodable { let keys: [Key] }

    /// A key that may be of a kind unknown here.
    private struct Entry: Decodable {
        let kind: Kind?
        let key: JWK?

        init(from decoder: any Decoder) throws {
            kind = try? Kind(from: decoder)
            key = try? JWK(from: decoder)
        }
    }

    /// Of a key set; keys for other uses and of unknown kinds are left out.
    static func read(_ document: [UInt8]) async throws(OIDCError) -> [SigningKey] {
        guard let entries = try? JSONDecoder().decode(Document<Entry>.self, from: Data(document)).keys else {
            throw .unavailable("the identity provider's keys cannot be read")
        }
        var found: [SigningKey] = []
        for entry in entries {
            guard let kind = entry.kind, kind.use ?? "sig" == "sig", let name = kind.algorithm, let algorithm = JWK.Algorithm(rawValue: name),
                var key = entry.key
            else { continue }
            // The library wants a name, and an algorithm now: without one the first token would choose it.
            key.keyIdentifier = JWKIdentifier(string: kind.kid ?? "")
            key.algorithm = algorithm
            let keys = JWTKeyCollection()
            guard (try? await keys.add(jwk: key)) != nil else { continue }
            found.append(SigningKey(id: kind.kid, algorithm: name, keys: keys))
        }
        return found
    }
}

extension [SigningKey] {
    /// The keys that a token names: as a rule one. A token may name none where the issuer has only one for its algorithm.
    func keys(for header: TokenHeader) -> [SigningKey] {
        let fitting = filter { $0.algorithm == header.algorithm }
        guard let id = header.keyID else { return fitting.count == 1 ? fitting : [] }
        return fitting.filter { $0.id == id }
    }
}
