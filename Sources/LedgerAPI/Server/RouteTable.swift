internal import HTTPTypes
internal import Hummingbird

/// Collects the routes, so that a known path with another method is answered as such.
struct RouteTable {
    typealias Handler = @Sendable (Request, PurserContext) async throws -> Response

    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]

    private var routes: [String: [(method: HTTPRequest.Method, handler: Handler)]] = [:]

    mutating func add(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        routes[path, default: []].append((method, handler))
    }

    /// Every route, as `METHOD path`.
    var listed: Set<String> {
        Set(routes.flatMap { path, handlers in handlers.map { "\($0.method.rawValue) \(path)" } })
    }

    func register(on router: Router<PurserContext>) {
        for (path, handlers) in routes {
            for (method, handler) in handlers { router.on(RouterPath(path), method: method, use: handler) }
            let allowed = handlers.map(\.method)
            for method in Self.methods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in throw Problem.methodNotAllowed(allowed) }
            }
        }
    }
}
