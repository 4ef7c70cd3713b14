internal import Dashboard
internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore
internal import Logging
internal import NIOCore
internal import WebText

/// `/dashboard`: pages for people. Sessions, cookies and headers are here; what a page shows is in the module `Dashboard`, which asks
/// the interface in the visitor's name.
struct DashboardRoutes: Sendable {
    let store: Store
    let authenticator: Authenticator
    let interface: InnerInterface
    let place: DashboardPlace
    let cookies: DashboardCookies
    let renderer: Renderer
    let limiter = SignInLimiter()

    init(store: Store, authenticator: Authenticator, interface: InnerInterface, place: DashboardPlace) throws {
        self.store = store
        self.authenticator = authenticator
        self.interface = interface
        self.place = place
        cookies = DashboardCookies(isSecure: place.isSecure)
        renderer = try Renderer()
    }

    func table() -> RouteTable {
        var table = RouteTable()
        table.add(.get, "/") { _, _ in PageResponse.redirect(to: Site.root) }
        add(.get, Site.root, to: &table) { _, _, guest in PageResponse.redirect(to: Site.home(of: guest.visitor)) }
        for (path, page) in Site.standard.pages {
            add(.get, path, to: &table) { request, context, guest in
                try await self.page(try await page(self.visit(request, context, guest)), request, context, guest)
            }
        }
        for (path, action) in Site.standard.actions {
            addForm(path, to: &table) { request, context, guest, form in
                try await self.reply(try await action(self.visit(request, context, guest, form: form)), request, context, guest)
            }
        }
        addSignIn(to: &table)
        if let people = authenticator.people { addPeople(people, to: &table) }
        addTimeZone(to: &table)
        addExports(to: &table)
        let styles = ByteBuffer(bytes: Assets.styles)
        table.add(.get, "/dashboard/style.css") { _, _ in
            Response(
                status: .ok,
                headers: [
                    .contentType: "text/css; charset=utf-8", .cacheControl: "public, max-age=31536000, immutable", .xContentTypeOptions: "nosniff",
                ],
                body: ResponseBody(byteBuffer: styles))
        }
        table.add(.get, "/dashboard/**") { request, context in try await self.nowhere(request, context) }
        return table
    }

    // MARK: - Who visits

    /// Somebody who is signed in.
    struct Guest: Sendable {
        let text: SessionText
        let session: Session
        let visitor: Visitor
    }

    func guest(_ request: Request) async throws -> Guest? {
        guard let text = cookies.session(request), let holder = try await store.sessions.holder(of: text) else { return nil }
        let session = Session(organisation: text.organisation, holder: holder)
        guard let caller = try await authenticator.caller(session), let role = Visitor.Role(rawValue: caller.key.role.rawValue) else { return nil }
        let visitor = Visitor(
            name: caller.author, role: role, organisation: caller.organisation.name, currency: caller.organisation.currency,
            isInstallation: caller.organisation.name == Organisation.defaultName && caller.key.boundTags.isEmpty,
            tags: caller.key.boundTags.entries.map { ($0.name, $0.value) }, approveUpTo: caller.key.approveUpTo?.description)
        return Guest(text: text, session: session, visitor: visitor)
    }

    func visit(_ request: Request, _ context: PurserContext, _ guest: Guest, form: Fields = Fields()) throws -> Visit {
        var parameters: [String: String] = [:]
        for (name, value) in context.parameters {
            guard let text = URLText.unescaped(value.utf8) else { throw InterfaceProblem.noSuchPage }
            parameters[String(name)] = text
        }
        guard let query = Fields(urlEncoded: (request.uri.query ?? "").utf8) else { throw InterfaceProblem.noSuchPage }
        let inner = interface
        return Visit(
            visitor: guest.visitor, path: request.uri.path, parameters: parameters, query: query, form: form, zone: cookies.zone(request),
            now: store.clock.now(), interface: Interface { asked in try await inner.ask(asked, for: guest.session, context) })
    }

    // MARK: - Routes

    typealias PageHandler = @Sendable (Request, PurserContext, Guest) async throws -> Response
    typealias FormHandler = @Sendable (Request, PurserContext, Guest, Fields) async throws -> Response

    /// A page: whoever is not signed in is sent to sign in, and back.
    func add(_ method: HTTPRequest.Method, _ path: String, to table: inout RouteTable, _ handler: @escaping PageHandler) {
        table.add(method, path) { request, context in
            try await self.guarded(request, context) {
                guard let guest = try await self.guest(request) else { return try self.unknown(request) }
                return try await self.guarded(request, context, guest) { try await handler(request, context, guest) }
            }
        }
    }

    /// A form of a page: it must come from one, with the token of its session.
    func addForm(_ path: String, to table: inout RouteTable, _ handler: @escaping FormHandler) {
        add(.post, path, to: &table) { request, context, guest in
            guard self.place.isOwn(request) else { throw Self.strange }
            let form = try await self.form(request)
            guard let token = form["csrf"], Digest.areEqual(Array(token.utf8), Array(guest.text.formToken.utf8)) else { throw Self.strange }
            return try await handler(request, context, guest, form)
        }
    }

    static let strange = InterfaceProblem(
        type: "/problems/forbidden", title: "Not sent from here", status: 403,
        detail: "The form did not come from a page of this session, so nothing was done. Load the page again and send its form.")

    func form(_ request: Request) async throws -> Fields {
        let bytes = try await RequestBody.bytes(request, limit: Fields.maximumBytes, types: ["application/x-www-form-urlencoded"])
        guard let form = Fields(urlEncoded: bytes.readableBytesView) else { throw Problem.malformed("The form cannot be read.") }
        return form
    }

    // MARK: - Answers

    func page(
        _ view: View, _ request: Request, _ context: PurserContext, _ guest: Guest, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let notice = cookies.notice(request)
        let html = try renderer.page(
            view, for: try visit(request, context, guest), session: Renderer.Session(csrf: guest.text.formToken, notice: notice))
        return PageResponse.html(html, status: status, cookies: notice == nil ? [] : [cookies.clearNotice()])
    }

    private func reply(_ reply: Reply, _ request: Request, _ context: PurserContext, _ guest: Guest) async throws -> Response {
        switch reply {
        case .go(let path, let notice):
            return PageResponse.redirect(to: DashboardPlace.ownPath(path) ?? Site.root, cookies: [cookies.set(notice: notice)])
        case .show(let view, let status):
            return try await page(view, request, context, guest, status: HTTPResponse.Status(code: status))
        }
    }

    /// Who comes by a link of another site may be signed in all the same: the page asks for itself once more, with its cookie.
    private func unknown(_ request: Request) throws -> Response {
        guard request.method == .get, cookies.session(request) == nil, place.isFromElsewhere(request),
            let path = DashboardPlace.ownPath(request.head.path)
        else { return toSignIn(request) }
        return PageResponse.html(try renderer.outside(ArrivalView.view(to: path)))
    }

    func toSignIn(_ request: Request) -> Response {
        // A form cannot be sent again after signing in; its page can be shown.
        let wanted = request.method == .get ? request.head.path : nil
        let query = DashboardPlace.ownPath(wanted).map { "?to=" + URLText.escaped($0) } ?? ""
        return PageResponse.redirect(to: "/dashboard/sign-in" + query, cookies: cookies.session(request) == nil ? [] : [cookies.clearSession()])
    }

    /// Shows what went wrong as a page.
    func guarded(
        _ request: Request, _ context: PurserContext, _ guest: Guest? = nil, _ body: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch {
            let problem = Self.problem(error, context)
            // The key was revoked between two questions.
            if problem.status == 401 { return toSignIn(request) }
            let view = ProblemView.view(problem)
            let status = HTTPResponse.Status(code: problem.status)
            guard let guest, let page = try? await page(view, request, context, guest, status: status) else {
                return PageResponse.html(try renderer.outside(view), status: status)
            }
            return page
        }
    }

    private static func problem(_ error: any Error, _ context: PurserContext) -> InterfaceProblem {
        if let problem = error as? InterfaceProblem { return problem }
        let problem = Problem(error)
        RequestNotes.current?.note(problem)
        if problem.status.code >= 500 { context.logger.error("page failed", metadata: ["error": "\(error)"]) }
        return InterfaceProblem(
            type: "/problems/\(problem.name)", title: problem.title, status: Int(problem.status.code), detail: problem.detail)
    }

    private func nowhere(_ request: Request, _ context: PurserContext) async throws -> Response {
        try await guarded(request, context) {
            guard let guest = try await self.guest(request) else { return try self.unknown(request) }
            return try await self.guarded(request, context, guest) { throw InterfaceProblem.noSuchPage }
        }
    }
}
