internal import Dashboard
internal import HTTPTypes
internal import Hummingbird
internal import WebText

/// Exports for whoever is signed in: the interface's own, handed on as they come.
extension DashboardRoutes {
    private static let names = ["spend.csv", "spend.jsonl", "focus.csv", "audit.jsonl"]

    func addExports(to table: inout RouteTable) {
        for name in Self.names {
            add(.get, "\(Site.root)/exports/\(name)", to: &table) { request, context, guest in
                let query = request.uri.query.map { "?" + $0 } ?? ""
                return try await attachment("/v1/exports/\(name)" + query, named: name, guest, context)
            }
        }
        add(.get, "\(Site.root)/imports/{id}/policy", to: &table) { request, context, guest in
            let id = try visit(request, context, guest).parameters["id"] ?? ""
            return try await attachment(URLText.path(["v1", "imports", id, "policy"]), named: "policy.yaml", guest, context)
        }
    }

    private func attachment(_ path: String, named name: String, _ guest: Guest, _ context: PurserContext) async throws -> Response {
        var response = try await interface.respond(InterfaceRequest(.get, path), for: guest.session, context)
        guard response.status == .ok else {
            let answer = InterfaceAnswer(status: Int(response.status.code), body: try await BodyCollector.collect(response.body))
            throw InterfaceProblem(answer)
        }
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        return response
    }
}
