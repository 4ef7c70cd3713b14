/// What an issuer says of itself (OpenID Connect Discovery 1.0, section 3).
struct IssuerMetadata: Decodable, Sendable {
    let issuer: String
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let keysAddress: String
    private let authenticationMethods: [String]?

    private enum CodingKeys: String, CodingKey {
        case issuer
        case authorizationEndpoint = "authorization_endpoint"
        case tokenEndpoint = "token_endpoint"
        case keysAddress = "jwks_uri"
        case authenticationMethods = "token_endpoint_auth_methods_supported"
    }

    /// Whether a client shows its secret in the form and not in a header; the header is what all take that say nothing.
    var wantsSecretInForm: Bool {
        authenticationMethods.map { !$0.contains("client_secret_basic") && $0.contains("client_secret_post") } ?? false
    }

    /// - Throws: where it is another issuer's, or names an address that is not safe to ask.
    func check(issuer expected: String) throws(OIDCError) {
        guard issuer == expected else { throw .unavailable("the identity provider calls itself '\(issuer)', not '\(expected)'") }
        for address in [authorizationEndpoint, tokenEndpoint, keysAddress] where !IssuerAddress.isSafe(address, besides: issuer) {
            throw .unavailable("the identity provider names '\(address)', which is not https")
        }
    }
}
