internal import Dashboard
internal import HTTPTypes
internal import Hummingbird

/// Exports for whoever is signed in: the interface's own, handed on as they come.
extension DashboardRoutes {
    private static let names = ["spend.csv", "spend.jsonl", "focus.csv", "audit.jsonl"]

    func addExports(to table: inout RouteTable) {
        for name in Self.names {
            add(.get, "\(Site.root)/exports/\(name)", to: &table) { request, context, guest in
                let query = request.uri.query.map { "?" + $0 } ?? ""
                let asked = InterfaceRequest(.get, "/v1/exports/\(name)" + query)
                var response = try await interface.respond(asked, for: guest.session, context)
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
    }
}
