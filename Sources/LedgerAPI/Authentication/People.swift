internal import HTTPTypes
internal import LedgerStore
public import OIDC

/// People who come with a token of an identity provider, or sign in there.
public struct People: Sendable {
    public let issuer: Issuer
    let rules: PersonRules

    public init(issuer: Issuer, rules: PersonRules) {
        self.issuer = issuer
        self.rules = rules
    }

    /// Who a token speaks of.
    ///
    /// - Throws: `Problem`.
    func person(_ token: String) async throws -> (organisation: String, person: Person) {
        do {
            return try rules.person(try await issuer.verify(token))
        } catch let error as OIDCError {
            throw Problem(error)
        }
    }
}

extension Problem {
    /// A genuine token of somebody who may do nothing here.
    static func nobody(_ detail: String) -> Problem {
        Problem(.unauthorized, "unauthorized", "Not authenticated", detail).with(.wwwAuthenticate, "Bearer")
    }

    /// Why a token was not taken.
    init(_ error: OIDCError) {
        switch error {
        case .refused(let reason):
            self = Problem(.unauthorized, "unauthorized", "Not authenticated", "The token \(reason). Get a new one from your identity provider.")
                .with(.wwwAuthenticate, "Bearer error=\"invalid_token\"")
        case .unavailable, .busy, .misconfigured:
            // What exactly is wrong is for the log, not for strangers.
            self = Problem(
                .serviceUnavailable, "identity-provider-unavailable", "Identity provider unavailable",
                "Whether the token is genuine cannot be found out now. Try again in a moment, or come with a key."
            ).with(.retryAfter, "10")
        }
    }
}
