internal import Foundation
public import Logging
public import ServiceLifecycle

/// An identity provider: what it says of itself and its keys, kept for an hour and read anew for a key that is not known.
///
/// While it is away, what was read stays in use, so that people who come with a token are let in on.
public actor Issuer: Service {
    struct Known: Sendable {
        let metadata: IssuerMetadata
        let keys: [SigningKey]
        let readAt: ContinuousClock.Instant
    }

    static let freshness = Duration.seconds(3_600)

    public nonisolated let options: OIDCOptions
    private var opened: IssuerConnection?
    private let logger: Logger
    private var known: Known?
    private var reading: Task<Known, any Error>?
    private var budget = RefreshBudget()

    public init(_ options: OIDCOptions, logger: Logger) {
        self.options = options
        self.logger = logger
    }

    /// Waits until it is told to stop, then closes the connections.
    public func run() async throws {
        try? await gracefulShutdown()
        try? await opened?.client.shutdown()
    }

    private var connection: IssuerConnection {
        let connection = opened ?? IssuerConnection()
        opened = connection
        return connection
    }

    // MARK: - Tokens

    /// Checks a token that was sent to the interface.
    ///
    /// - Throws: ``OIDCError/refused(_:)`` or ``OIDCError/unavailable(_:)``.
    public func verify(_ token: String) async throws(OIDCError) -> IdentityClaims {
        try await verify(token, audience: options.audience, nonce: nil)
    }

    private func verify(_ token: String, audience: String, nonce: String?) async throws(OIDCError) -> IdentityClaims {
        let header = try TokenHeader(token)
        let key = try await key(for: header)
        guard let signed = try? await key.keys.verify(token, as: SignedClaims.self) else { throw .refused("has a signature that does not fit") }
        return try IdentityClaims(
            signed.claims, issuer: options.issuer, audience: audience, nonce: nonce, now: Date.now.timeIntervalSince1970)
    }

    private func key(for header: TokenHeader) async throws(OIDCError) -> SigningKey {
        let known = try await current()
        if let key = known.keys.key(for: header) { return key }
        // The issuer may have changed its keys since.
        if budget.take(at: .now), let key = try await read().keys.key(for: header) { return key }
        throw .refused("is signed with a key that the issuer does not list")
    }

    // MARK: - Signing in

    /// Where a browser goes to sign in.
    public func authorization(_ attempt: SignInAttempt, redirectURI: String) async throws(OIDCError) -> String {
        let endpoint = try await current().metadata.authorizationEndpoint
        let query = FormText.encode([
            ("response_type", "code"), ("client_id", options.clientID), ("redirect_uri", redirectURI), ("scope", "openid email profile"),
            ("state", attempt.state), ("nonce", attempt.nonce), ("code_challenge", attempt.challenge), ("code_challenge_method", "S256"),
        ])
        return endpoint + (endpoint.contains("?") ? "&" : "?") + query
    }

    /// Gives a code back for the token of who signed in.
    public func redeem(_ code: String, _ attempt: SignInAttempt, redirectURI: String) async throws(OIDCError) -> IdentityClaims {
        struct Answer: Decodable {
            let token: String?
            private enum CodingKeys: String, CodingKey { case token = "id_token" }
        }
        let endpoint = try await current().metadata.tokenEndpoint
        let form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI), ("client_id", options.clientID),
            ("code_verifier", attempt.verifier),
        ]
        let (status, body) = try await connection.post(endpoint, form: form, authorization: basic)
        guard status < 500 else { throw .unavailable("the identity provider answers \(status) to the code") }
        guard status == 200, let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)), let token = answer.token else {
            logger.notice("a sign-in was refused by the identity provider", metadata: ["status": "\(status)"])
            throw .refused("was not given: the identity provider did not take the code")
        }
        return try await verify(token, audience: options.clientID, nonce: attempt.nonce)
    }

    /// RFC 6749, section 2.3.1.
    private var basic: String? {
        options.clientSecret.map { secret in
            "Basic " + Data("\(FormText.escape(options.clientID)):\(FormText.escape(secret))".utf8).base64EncodedString()
        }
    }

    // MARK: - What is known of the issuer

    private func current() async throws(OIDCError) -> Known {
        if let known, ContinuousClock.now - known.readAt < Self.freshness { return known }
        guard reading != nil || budget.take(at: .now) else {
            guard let known else { throw .unavailable("the identity provider could not be reached a moment ago") }
            return known
        }
        do {
            return try await read()
        } catch {
            guard let known else { throw error }
            return known
        }
    }

    /// Reads everything anew; who asks meanwhile waits for the same answer.
    private func read() async throws(OIDCError) -> Known {
        let task = reading ?? Task { [connection, options] in try await Self.read(connection, options) }
        reading = task
        do {
            let known = try await task.value
            self.known = known
            if reading == task { reading = nil }
            return known
        } catch {
            if reading == task { reading = nil }
            logger.warning("the identity provider could not be read", metadata: ["issuer": "\(options.issuer)", "error": "\(error)"])
            throw error as? OIDCError ?? .unavailable("\(error)")
        }
    }

    private static func read(_ connection: IssuerConnection, _ options: OIDCOptions) async throws(OIDCError) -> Known {
        let document = try await connection.get(IssuerAddress.discovery(of: options.issuer))
        guard let metadata = try? JSONDecoder().decode(IssuerMetadata.self, from: Data(document)) else {
            throw .unavailable("what the identity provider says of itself cannot be read")
        }
        try metadata.check(issuer: options.issuer)
        let keys = try await SigningKey.read(try await connection.get(metadata.keysAddress))
        guard !keys.isEmpty else { throw .unavailable("the identity provider lists no key that can be used") }
        return Known(metadata: metadata, keys: keys, readAt: .now)
    }
}
