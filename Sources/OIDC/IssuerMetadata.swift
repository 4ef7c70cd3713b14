/// What an issuer says of itself (OpenID Connect Discovery 1.0, section 3).
struct IssuerMetadata: Decodable, Sendable {
    let issuer: String
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let keysAddress: String

    private enum CodingKeys: String, CodingKey {
        case issuer
        case authorizationEndpoint = "authorization_endpoint"
        case tokenEndpoint = "token_endpoint"
        case keysAddress = "jwks_uri"
    }

    /// - Throws: where it is another issuer's, or names an address that is not safe to ask.
    func check(issuer expected: String) throws(OIDCError) {
        guard issuer == expected else { throw .unavailable("the identity provider calls itself '\(issuer)', not '\(expected)'") }
        for address in [authorizationEndpoint, tokenEndpoint, keysAddress] where !IssuerAddress.isSafe(address) {
            throw .unavailable("the identity provider names '\(address)', which is not https")
        }
    }
}
