internal import Foundation

/// The identity provider whose people Purser knows, and who Purser is to it (OpenID Connect Core 1.0).
public struct OIDCOptions: Sendable {
    /// The issuer's address exactly as its tokens say it in `iss`: https, or http on this machine.
    public let issuer: String
    /// Who tokens for the interface must be meant for, one of their `aud`.
    public let audience: String
    /// Who Purser is where people sign in at the dashboard.
    public let clientID: String
    /// Nil: a public client, guarded by PKCE alone (RFC 7636).
    public let clientSecret: String?

    /// What people call it: its host.
    public var name: String { URLComponents(string: issuer)?.host ?? issuer }

    /// - Parameter clientID: nil: the audience.
    /// - Throws: ``OIDCError/misconfigured(_:)`` where the issuer is no such address.
    public init(issuer: String, audience: String, clientID: String? = nil, clientSecret: String? = nil) throws(OIDCError) {
        guard IssuerAddress.isSafe(issuer), !issuer.contains("?"), !issuer.contains("#") else {
            throw .misconfigured("the issuer '\(issuer)' must be an https address without query and fragment, or http on this machine")
        }
        self.issuer = issuer
        self.audience = audience
        self.clientID = clientID ?? audience
        self.clientSecret = clientSecret
    }
}
