internal import Dashboard
internal import HTTPTypes
internal import Hummingbird
internal import LedgerStore
internal import Logging
internal import OIDC

/// Signing in at an identity provider: the code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636).
extension DashboardRoutes {
    func addPeople(_ people: People, to table: inout RouteTable) {
        table.add(.get, "/dashboard/sign-in/person") { request, context in
            try await guarded(request, context) { try await begin(people, request, context) }
        }
        table.add(.get, "/dashboard/sign-in/callback") { request, context in
            try await guarded(request, context) { try await finish(people, request, context) }
        }
    }

    private func begin(_ people: People, _ request: Request, _ context: PurserContext) async throws -> Response {
        let to = Self.wanted(Fields(urlEncoded: (request.uri.query ?? "").utf8))
        let attempt = SignInAttempt()
        do {
            let address = try await people.issuer.authorization(attempt, redirectURI: callback(request))
            // The provider sends the browser back without the session's cookie.
            if let before = cookies.session(request) { try await store.sessions.close(before) }
            return PageResponse.redirect(to: address, cookies: [cookies.set(attempt, to: to)])
        } catch let error as OIDCError {
            return try refused(error, to: to, context)
        }
    }

    private func finish(_ people: People, _ request: Request, _ context: PurserContext) async throws -> Response {
        let answer = Fields(urlEncoded: (request.uri.query ?? "").utf8)
        guard let (attempt, to) = cookies.attempt(request), let state = answer?["state"],
            Digest.areEqual(Array(state.utf8), Array(attempt.state.utf8))
        else {
            return try signInPage(
                to: Site.root, fault: "This sign-in took too long, or began in another browser. Begin it again.", status: .forbidden,
                cookies: [cookies.clearAttempt()])
        }
        // RFC 9207: the answer of another provider.
        guard answer?["iss"] ?? people.issuer.options.issuer == people.issuer.options.issuer, let code = answer?["code"] else {
            note("the identity provider answers \(Self.error(answer))", context)
            return try signInPage(
                to: to, fault: "The identity provider did not let you in (\(Self.error(answer))). Try again, or ask whoever looks after it.",
                status: .forbidden, cookies: [cookies.clearAttempt()])
        }
        do {
            let claims = try await people.issuer.redeem(code, attempt, redirectURI: callback(request))
            let (organisation, person) = try people.rules.person(claims)
            let caller = try authenticator.admitted(try await authenticator.caller(person, in: organisation))
            let session = try await open(.person(person), caller.organisation, request)
            context.logger.info("a person signed in", metadata: ["org": "\(organisation)", "person": "\(person.id)"])
            // A redirect would still count as the provider's, and the session's cookie stay away.
            return PageResponse.html(try renderer.outside(ArrivalView.view(to: to)), cookies: [session, cookies.clearAttempt()])
        } catch let error as OIDCError {
            return try refused(error, to: to, context)
        } catch let problem as Problem where [.unauthorized, .forbidden].contains(problem.status) {
            note(problem.detail, context)
            return try signInPage(to: to, fault: problem.detail, status: .forbidden, cookies: [cookies.clearAttempt()])
        }
    }

    /// What exactly is wrong is for the log, not for strangers.
    private func refused(_ error: OIDCError, to: String, _ context: PurserContext) throws -> Response {
        note(error.text, context)
        if error == .busy {
            return try signInPage(to: to, fault: "Many people sign in at this moment. Load this page again.", status: .serviceUnavailable)
        }
        let isAway = if case .refused = error { false } else { true }
        return try signInPage(
            to: to,
            fault: isAway
                ? "The identity provider does not answer. Try again in a moment, or sign in with a key."
                : "The identity provider's answer was not taken. Begin again; if it fails again, ask whoever looks after it.",
            status: isAway ? .serviceUnavailable : .forbidden, cookies: [cookies.clearAttempt()])
    }

    private func note(_ reason: String, _ context: PurserContext) {
        context.logger.notice("somebody could not sign in", metadata: ["reason": "\(reason)"])
    }

    /// Where the provider sends browsers back to; it takes only addresses that are registered there.
    private func callback(_ request: Request) -> String {
        (place.publicURL ?? "\(place.isSecure ? "https" : "http")://\(request.head.authority ?? "")") + "/dashboard/sign-in/callback"
    }

    /// The provider's word for what went wrong (RFC 6749, section 4.1.2.1), as far as it is one.
    private static func error(_ answer: Fields?) -> String {
        guard let error = answer?["error"], error.utf8.count <= 64,
            error.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        else { return "no code" }
        return error
    }
}
