import Foundation
import LedgerStore
import Testing
import Yams

/// What `openapi.yaml` says of each operation.
struct Described: Sendable, CustomTestStringConvertible {
    let method: String
    /// With `{name}` in place of what a request fills in.
    let path: String
    /// The roles that may call it; nil: no key is needed.
    let roles: Set<String>?
    let statuses: Set<Int>
    let takesBody: Bool

    var testDescription: String { "\(method) \(path)" }

    static func text() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../openapi.yaml").standardized
        return try String(contentsOf: root, encoding: .utf8)
    }

    static func operations() throws -> [Described] {
        let document = try #require(try Yams.compose(yaml: text()))
        var operations: [Described] = []
        for (path, item) in try #require(document.mapping?["paths"]?.mapping) {
            for (method, operation) in try #require(item.mapping) {
                guard let method = method.string, ["get", "post", "put", "patch", "delete"].contains(method) else { continue }
                let security = try #require(operation.mapping?["security"]?.sequence, "\(method) \(path)")
                let roles = security.flatMap { $0.mapping?["key"]?.sequence?.compactMap(\.string) ?? [] }
                let statuses = operation.mapping?["responses"]?.mapping?.keys.compactMap { $0.string.flatMap(Int.init) } ?? []
                operations.append(
                    Described(
                        method: method.uppercased(), path: path.string ?? "",
                        roles: security.isEmpty ? nil : roles.isEmpty ? Set(APIKey.Role.allCases.map(\.rawValue)) : Set(roles),
                        statuses: Set(statuses),
                        takesBody: operation.mapping?["requestBody"] != nil))
            }
        }
        return operations
    }
}
