internal import JWTKit

/// What a token says of a person (RFC 7519, section 4.1; OpenID Connect Core 1.0, section 2).
public struct IdentityClaims: Sendable {
    /// Who issued the token.
    public let issuer: String
    /// The person, for ever the same at this issuer.
    public let subject: String
    private let claims: [String: ClaimValue]

    /// By how many seconds the clocks of the issuer and of this machine may differ.
    static let skew = 60.0

    public subscript(name: String) -> ClaimValue? { claims[name] }

    /// Checks what a token says before anything of it is believed.
    ///
    /// - Parameters:
    ///   - claims: of a token whose signature fits.
    ///   - audience: who the token must be meant for.
    ///   - nonce: what a token for signing in must carry.
    ///   - now: seconds since 1970.
    public init(_ claims: [String: ClaimValue], issuer: String, audience: String, nonce: String? = nil, now: Double) throws(OIDCError) {
        guard claims["iss"]?.string == issuer else { throw .refused("is of another issuer") }
        guard let audiences = claims["aud"]?.strings, audiences.contains(audience) else { throw .refused("is not meant for this service") }
        guard let expiry = claims["exp"]?.number else { throw .refused("says no time at which it ends") }
        guard now < expiry + Self.skew else { throw .refused("has expired") }
        if let start = claims["nbf"] {
            guard let start = start.number, now >= start - Self.skew else { throw .refused("is not valid yet") }
        }
        guard let subject = claims["sub"]?.string, (1...255).contains(subject.utf8.count), subject.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw .refused("names no person") }
        if let nonce {
            guard claims["nonce"]?.string == nonce else { throw .refused("was made for another sign-in") }
            // Core, section 3.1.3.7: whom the token was issued to, where it is meant for several.
            if let party = claims["azp"], party.string != audience { throw .refused("was issued to another client") }
        }
        self.issuer = issuer
        self.subject = subject
        self.claims = claims
    }
}

/// The claims of a token as the library hands them on once the signature fits.
struct SignedClaims: JWTPayload {
    let claims: [String: ClaimValue]

    init(from decoder: any Decoder) throws {
        claims = try decoder.singleValueContainer().decode([String: ClaimValue].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(claims)
    }

    /// What the claims say is checked by ``IdentityClaims``, which knows time and audience.
    func verify(using algorithm: some JWTAlgorithm) {}
}
