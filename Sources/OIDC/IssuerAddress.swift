internal import Foundation

/// Which addresses of an identity provider are asked.
enum IssuerAddress {
    private static let loopback: Set<String> = ["127.0.0.1", "localhost", "::1", "[::1]"]

    /// Over TLS, or on this machine.
    static func isSafe(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil else {
            return false
        }
        return parts.scheme == "https" || parts.scheme == "http" && loopback.contains(host)
    }

    /// The same for what an issuer names: plain http only where it is plain itself.
    static func isSafe(_ text: String, besides issuer: String) -> Bool {
        isSafe(text) && (text.hasPrefix("https://") || issuer.hasPrefix("http://"))
    }

    /// OpenID Connect Discovery 1.0, section 4.
    static func discovery(of issuer: String) -> String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }
}
