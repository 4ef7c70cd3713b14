internal import Hummingbird
internal import JSON
internal import LedgerStore

/// `/health/live`: the process answers. `/health/ready`: the database does too.
struct HealthRoutes: Sendable {
    let store: Store

    func add(to table: inout RouteTable) {
        table.add(.get, "/health/live") { _, _ in Self.answer("ok") }
        table.add(.get, "/health/ready") { _, _ in
            do {
                try await store.ping()
                return Self.answer("ready")
            } catch {
                throw Problem.storeUnavailable
            }
        }
    }

    private static func answer(_ status: String) -> Response {
        Answer.json { writer in
            writer.object { writer in
                writer.name("status")
                writer.string(status)
            }
        }
    }
}
