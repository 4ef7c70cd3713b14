internal import Dashboard
internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore
internal import NIOCore
internal import OIDC

/// Signing in and out, and the reader's time zone.
extension DashboardRoutes {
    func addSignIn(to table: inout RouteTable) {
        table.add(.get, "/dashboard/sign-in") { request, context in
            try await guarded(request, context) {
                let to = Self.wanted(Fields(urlEncoded: (request.uri.query ?? "").utf8))
                if try await guest(request) != nil { return PageResponse.redirect(to: to) }
                return try signInPage(to: to)
            }
        }
        table.add(.post, "/dashboard/sign-in") { request, context in
            try await guarded(request, context) { try await signIn(request, context) }
        }
        addForm("/dashboard/sign-out", to: &table) { _, _, guest, _ in
            try await store.sessions.close(guest.text)
            return PageResponse.redirect(to: "/dashboard/sign-in", cookies: [cookies.clearSession()])
        }
    }

    private func signIn(_ request: Request, _ context: PurserContext) async throws -> Response {
        guard place.isOwn(request) else { throw Self.strange }
        let address = Self.address(context)
        let form = try await form(request)
        let to = Self.wanted(form)
        // Behind a proxy all people share an address: one who fails must not shut out those whose keys are known without a look at the database.
        guard !limiter.isShut(to: address) || form["key"].flatMap({ KeyText($0) }).flatMap({ authenticator.known($0) }) != nil else {
            return try tooMany(to: to)
        }
        guard let caller = try await caller(form["key"]) else {
            limiter.failed(address)
            return try signInPage(to: to, fault: "This key does not work. Check it, or ask an administrator for one.", status: .forbidden)
        }
        return PageResponse.redirect(to: to, cookies: [try await open(.key(caller.key.id), caller.organisation, request)])
    }

    /// Opens a session; whoever was signed in here before is not any more.
    ///
    /// - Returns: the cookie.
    func open(_ holder: SessionHolder, _ organisation: Organisation, _ request: Request) async throws -> String {
        if let before = cookies.session(request) { try await store.sessions.close(before) }
        return cookies.set(try await store.sessions.open(holder, of: organisation))
    }

    func tooMany(to: String) throws -> Response {
        var response = try signInPage(to: to, fault: "Too many attempts failed. Try again in a minute.", status: .tooManyRequests)
        response.headers[.retryAfter] = "\(SignInLimiter.window.components.seconds)"
        return response
    }

    func signInPage(
        to: String, fault: String? = nil, status: HTTPResponse.Status = .ok, cookies: [String] = []
    ) throws -> Response {
        let view = SignInView.view(to: to, fault: fault, provider: authenticator.people?.issuer.options.name)
        return PageResponse.html(try renderer.outside(view), status: status, cookies: cookies)
    }

    /// By the rules of every route; whatever is wrong with a key, its sender is told the same.
    private func caller(_ key: String?) async throws -> Caller? {
        guard let key, KeyText(key) != nil else { return nil }
        let head = HTTPRequest(
            method: .get, scheme: nil, authority: nil, path: "/dashboard/sign-in", headerFields: [.authorization: "Bearer \(key)"])
        do {
            return try await authenticator.caller(Request(head: head, body: .init(buffer: ByteBuffer())))
        } catch let problem as Problem where problem.status.code < 500 {
            return nil
        }
    }

    /// The page that was wanted before signing in.
    static func wanted(_ fields: Fields?) -> String { DashboardPlace.ownPath(fields?["to"]) ?? Site.root }

    static func address(_ context: PurserContext) -> String { context.channel.remoteAddress?.ipAddress ?? "unknown" }

    func addTimeZone(to table: inout RouteTable) {
        add(.get, TimeZonePage.path, to: &table) { request, context, guest in
            try await page(TimeZonePage.view(try visit(request, context, guest)), request, context, guest)
        }
        addForm(TimeZonePage.path, to: &table) { request, context, guest, form in
            guard let zone = form["zone"].flatMap({ Zone($0) }) else {
                let view = TimeZonePage.view(try visit(request, context, guest), wrong: form["zone"] ?? "")
                return try await page(view, request, context, guest, status: .unprocessableContent)
            }
            return PageResponse.redirect(
                to: TimeZonePage.path, cookies: [cookies.set(zone), cookies.set(notice: "Times are shown in \(zone.name) now.")])
        }
    }
}
