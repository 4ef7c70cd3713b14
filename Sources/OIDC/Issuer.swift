internal import Foundation
public import Logging
public import ServiceLifecycle
internal import WebText

/// An identity provider: what it says of itself and its keys, read anew after an hour, and for a key that is not known.
///
/// Nobody waits for it while keys are known. While it is away they stay in use for a day, so that people who come with a token are let
/// in on.
public actor Issuer: Service {
    struct Known: Sendable {
        let metadata: IssuerMetadata
        let keys: [SigningKey]
        let readAt: ContinuousClock.Instant
    }

    static let freshness = Duration.seconds(3_600)
    static let longestUse = Duration.seconds(86_400)
    /// So many codes are given back at a time; the provider must not be flooded with what strangers send.
    static let maximumRedemptions = 4

    public nonisolated let options: OIDCOptions
    private let logger: Logger
    private var opened: IssuerConnection?
    private var known: Known?
    private var reading: Task<Known, any Error>?
    private var readings = Budget(burst: 5, interval: .seconds(10))
    private var codes = Budget(burst: 50, interval: .milliseconds(200))
    private var redemptions = 0

    public init(_ options: OIDCOptions, logger: Logger) {
        self.options = options
        self.logger = logger
    }

    /// Waits until it is told to stop, then closes the connections.
    public func run() async throws {
        try? await gracefulShutdown()
        reading?.cancel()
        await opened?.close()
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
    public nonisolated func verify(_ token: String) async throws(OIDCError) -> IdentityClaims {
        try await verify(token, audience: options.audience, nonce: nil)
    }

    private nonisolated func verify(_ token: String, audience: String, nonce: String?) async throws(OIDCError) -> IdentityClaims {
        let header = try TokenHeader(token)
        for key in try await keys(for: header) {
            guard let claims = try await key.claims(of: token) else { continue }
            return try IdentityClaims(
                claims, issuer: options.issuer, audience: audience, nonce: nonce, now: Date.now.timeIntervalSince1970)
        }
        throw .refused("has a signature that does not fit")
    }

    private func keys(for header: TokenHeader) async throws(OIDCError) -> [SigningKey] {
        let found = try await current().keys.keys(for: header)
        guard found.isEmpty else { return found }
        // The issuer may have changed its keys since.
        guard let newer = try await read() else { throw .unavailable("the issuer was asked for its keys too often to ask for this one") }
        let listed = newer.keys.keys(for: header)
        guard !listed.isEmpty else { throw .refused("is signed with a key that the issuer does not list") }
        return listed
    }

    // MARK: - Signing in

    /// Where a browser goes to sign in.
    public func authorization(_ attempt: SignInAttempt, redirectURI: String) async throws(OIDCError) -> String {
        let endpoint = try await current().metadata.authorizationEndpoint
        let query = URLText.form([
            ("response_type", "code"), ("client_id", options.clientID), ("redirect_uri", redirectURI), ("scope", "openid email profile"),
            ("state", attempt.state), ("nonce", attempt.nonce), ("code_challenge", attempt.challenge), ("code_challenge_method", "S256"),
        ])
        return endpoint + (endpoint.contains("?") ? "&" : "?") + query
    }

    /// Gives a code back for the token of who signed in.
    public func redeem(_ code: String, _ attempt: SignInAttempt, redirectURI: String) async throws(OIDCError) -> IdentityClaims {
        let metadata = try await current().metadata
        guard redemptions < Self.maximumRedemptions, codes.take(at: .now) else { throw .busy }
        redemptions += 1
        defer { redemptions -= 1 }
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI), ("code_verifier", attempt.verifier),
        ]
        var authorization: String?
        switch options.clientSecret {
        case let secret? where metadata.wantsSecretInForm: form += [("client_id", options.clientID), ("client_secret", secret)]
        case let secret?: authorization = basic(secret)
        case nil: form.append(("client_id", options.clientID))
        }
        let (status, body) = try await connection.post(metadata.tokenEndpoint, form: form, authorization: authorization)
        return try await verify(try CodeAnswer.token(status, body), audience: options.clientID, nonce: attempt.nonce)
    }

    /// RFC 6749, section 2.3.1.
    private func basic(_ secret: String) -> String {
        "Basic " + Data("\(URLText.escaped(options.clientID)):\(URLText.escaped(secret))".utf8).base64EncodedString()
    }

    // MARK: - What is known of the issuer

    /// Waits for the issuer only where nothing is known of it.
    private func current() async throws(OIDCError) -> Known {
        let age = known.map { ContinuousClock.now - $0.readAt } ?? Self.longestUse
        if let known, age < Self.longestUse {
            if age >= Self.freshness { _ = refresh() }
            return known
        }
        guard let read = try await read() else { throw .unavailable("the identity provider could not be reached a moment ago") }
        return read
    }

    /// What the issuer says now; nil where it was asked too often.
    private func read() async throws(OIDCError) -> Known? {
        guard let task = refresh() else { return nil }
        do {
            return try await task.value
        } catch {
            throw error as? OIDCError ?? .unavailable("\(error)")
        }
    }

    /// Reads everything anew; who asks meanwhile gets the same answer.
    private func refresh() -> Task<Known, any Error>? {
        if let reading { return reading }
        guard readings.take(at: .now) else { return nil }
        let connection = connection
        let task = Task {
            defer { reading = nil }
            do {
                let read = try await Self.read(connection, options)
                known = read
                return read
            } catch {
                logger.warning("the identity provider could not be read", metadata: ["issuer": "\(options.issuer)", "error": "\(error)"])
                throw error
            }
        }
        reading = task
        return task
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
