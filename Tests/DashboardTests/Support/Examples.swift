import Foundation
import Testing
import Yams

@testable import Dashboard

/// The interface as `openapi.yaml` shows it: each route answers with its first example.
struct Examples: Sendable {
    private let answers: [(path: [String], body: [UInt8])]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../openapi.yaml").standardized
        let document = try #require(try Yams.compose(yaml: String(contentsOf: root, encoding: .utf8)))
        func resolved(_ node: Node?) -> Node? {
            var node = node
            while let reference = Self.member(node, "$ref")?.string {
                node = reference.split(separator: "/").dropFirst().reduce(Optional(document)) { Self.member($0, String($1)) }
            }
            return node
        }
        var answers: [(path: [String], body: [UInt8])] = []
        for (path, item) in try #require(Self.member(document, "paths")?.mapping) {
            let answer = resolved(Self.member(Self.member(Self.member(item, "get"), "responses"), "200"))
            let content = Self.member(Self.member(answer, "content"), "application/json")
            let shown = resolved(Self.member(content, "examples")?.mapping?.first?.value)
            guard let path = path.string, let example = Self.member(shown, "value") else { continue }
            let body = try JSONSerialization.data(withJSONObject: Self.value(example), options: .fragmentsAllowed)
            answers.append((path.split(separator: "/").map(String.init), Array(body)))
        }
        // A path without parameters is meant before one with them.
        self.answers = answers.sorted { $0.path.count { $0.hasPrefix("{") } < $1.path.count { $0.hasPrefix("{") } }
    }

    func answer(_ request: InterfaceRequest) -> InterfaceAnswer {
        let asked = request.path.prefix { $0 != "?" }.split(separator: "/")
        for (path, body) in answers where path.count == asked.count {
            if zip(path, asked).allSatisfy({ $0.hasPrefix("{") || $0 == $1 }) { return InterfaceAnswer(status: 200, body: body) }
        }
        return InterfaceAnswer(status: 404, body: Array(#"{"type":"/problems/not-found","title":"Not found","status":404,"detail":"x"}"#.utf8))
    }

    /// By the text of its name, which the parser may take for a number.
    private static func member(_ node: Node?, _ name: String) -> Node? { node?.mapping?.first { $0.key.string == name }?.value }

    private static func value(_ node: Node) -> Any {
        switch node {
        case .mapping(let mapping):
            return Dictionary(mapping.map { ($0.string ?? "", value($1)) }) { first, _ in first }
        case .sequence(let sequence): return sequence.map(value)
        case .scalar(let scalar):
            guard scalar.style == .plain else { return scalar.string }
            if let int = node.int { return int }
            if let bool = node.bool { return bool }
            if let number = node.float { return number }
            return node.null == nil ? scalar.string : NSNull()
        default: return NSNull()
        }
    }
}
