internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Telemetry
internal import Tracing

/// Measures each request from its head to the head of its answer: metrics, access log, span.
struct ObservingMiddleware: RouterMiddleware {
    private let telemetry: ServerTelemetry

    init(_ telemetry: ServerTelemetry) { self.telemetry = telemetry }

    func handle(
        _ request: Request, context: PurserContext, next: @concurrent (Request, PurserContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        telemetry.requests?.began()
        let notes = RequestNotes(span: span(for: request))
        do {
            var response = try await RequestNotes.$current.withValue(notes) { try await next(request, context) }
            if let span = notes.span, let field = Self.traceparent { response.headers[field] = span.trace.traceparent }
            ended(request, context, notes, status: response.status.code, after: ContinuousClock.now - start)
            return response
        } catch {
            // Only a connection that broke comes here: everything else is a problem by now.
            ended(request, context, notes, status: 499, after: ContinuousClock.now - start)
            throw error
        }
    }

    private func ended(_ request: Request, _ context: PurserContext, _ notes: RequestNotes, status: Int, after duration: Duration) {
        let facts = notes.facts
        let route = Self.route(context)
        let method = Self.methods.contains(request.method) ? request.method.rawValue : "other"
        telemetry.requests?.ended(method: method, route: route, status: status, problem: facts.problem, after: duration)
        telemetry.accessLog?.append(
            AccessLine.write(method: method, route: route, status: status, after: duration, facts, context, trace: notes.span?.trace))
        if let span = notes.span { end(span, request, method: method, route: route, status: status, facts) }
    }

    /// The template, never the path itself, of which there is no end.
    private static func route(_ context: PurserContext) -> String {
        guard let path = context.endpointPath, path != "NotFound" else { return "unmatched" }
        return path
    }

    private static let traceparent = HTTPField.Name("traceparent")
    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    private func span(for request: Request) -> TraceSpan? {
        guard let tracer = telemetry.tracer else { return nil }
        var context = ServiceContext.topLevel
        tracer.extract(request.headers, into: &context, using: HeaderExtractor())
        return tracer.startSpan("\(request.method.rawValue)", context: context, ofKind: .server)
    }

    private func end(_ span: TraceSpan, _ request: Request, method: String, route: String, status: Int, _ facts: RequestNotes.Facts) {
        guard span.isRecording else { return }
        span.operationName = route == "unmatched" ? method : "\(method) \(route)"
        span.describe { attributes in
            attributes["http.request.method"] = method
            attributes["http.response.status_code"] = status
            attributes["url.path"] = request.uri.path
            attributes["url.scheme"] = request.head.scheme ?? "http"
            if route != "unmatched" { attributes["http.route"] = route }
            if let agent = request.headers[.userAgent] { attributes["user_agent.original"] = String(agent.prefix(256)) }
            if let organisation = facts.organisation { attributes["purser.org"] = organisation }
            if let problem = facts.problem { attributes["error.type"] = problem }
        }
        if status >= 500 { span.setStatus(SpanStatus(code: .error)) }
        span.end()
    }
}
