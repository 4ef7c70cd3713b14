import Foundation
import LedgerStore
import Logging
import Testing
import Yams

@testable import LedgerAPI

@Suite("The description of the interface")
struct DocumentTests {
    private static let methods: Set<String> = ["get", "post", "put", "patch", "delete"]

    /// The operations of `openapi.yaml`, as `METHOD path`.
    private static func described() throws -> Set<String> {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../openapi.yaml").standardized
        let document = try #require(try Yams.compose(yaml: String(contentsOf: root, encoding: .utf8)))
        let paths = try #require(document.mapping?["paths"]?.mapping)
        var operations: Set<String> = []
        for (path, item) in paths {
            for (method, _) in try #require(item.mapping) {
                guard let method = method.string, methods.contains(method) else { continue }
                operations.insert("\(method.uppercased()) \(path.string ?? "")")
            }
        }
        return operations
    }

    /// The routes of a server; nothing connects to the database that is named.
    private static func served(_ clock: StoreClock.Mode) -> Set<String> {
        let store = Store(
            connectionString: "host=/nowhere", options: Store.Options(clockMode: clock),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        // Of the pages only the first and what leads there are described; those below are no interface.
        return APIServer.routes(store: store, jobs: .none, webhooks: .silent).listed.union(["GET /", "GET /dashboard"])
    }

    @Test("every route is described, and nothing else is")
    func bothWays() throws {
        let described = try Self.described()
        #expect(described.count > 25)
        #expect(Self.served(.test) == described)
    }

    @Test("the test clock is there only where the server runs with one")
    func testClock() {
        let difference = Self.served(.test).subtracting(Self.served(.database))
        #expect(difference == ["GET /v1/test-clock", "POST /v1/test-clock/advance"])
    }
}
