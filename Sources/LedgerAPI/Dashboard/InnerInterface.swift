internal import Dashboard
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The routes of the interface, asked within the process and in the name of a session: a page shows what they answer, and there is
/// one check of rights.
struct InnerInterface: Sendable {
    private let responder: RouterResponder<PurserContext>

    init(_ table: RouteTable) {
        let router = Router(context: PurserContext.self)
        router.add(middleware: ProblemMiddleware())
        table.register(on: router)
        responder = router.buildResponder()
    }

    /// - Parameter context: of the request for the page.
    func ask(_ asked: InterfaceRequest, for session: Session, _ context: PurserContext) async throws -> InterfaceAnswer {
        let response = try await respond(asked, for: session, context)
        return InterfaceAnswer(status: Int(response.status.code), body: try await BodyCollector.collect(response.body))
    }

    /// The answer as it is sent, for what is handed on to the visitor.
    func respond(_ asked: InterfaceRequest, for session: Session, _ context: PurserContext) async throws -> Response {
        var headers = HTTPFields()
        if asked.body != nil { headers[.contentType] = "application/json" }
        if let key = asked.idempotencyKey { headers[.idempotencyKey] = key }
        let head = HTTPRequest(
            method: asked.method == .get ? .get : .post, scheme: nil, authority: nil, path: asked.path, headerFields: headers)
        let request = Request(head: head, body: .init(buffer: ByteBuffer(bytes: asked.body ?? [])))
        let inner = PurserContext(source: ApplicationRequestContextSource(channel: context.channel, logger: context.logger))
        return try await Session.$current.withValue(session) { try await responder.respond(to: request, context: inner) }
    }
}
