internal import Foundation
internal import WebText

/// The way to the HTTP interface: its own routes answer, with the rights of the visitor, so that a page shows what they show, and
/// refuses what they refuse.
public struct Interface: Sendable {
    let ask: @Sendable (InterfaceRequest) async throws -> InterfaceAnswer

    public init(_ ask: @escaping @Sendable (InterfaceRequest) async throws -> InterfaceAnswer) { self.ask = ask }

    /// Reads an answer.
    ///
    /// - Throws: `InterfaceProblem` where the interface refused.
    func decode<Value: Decodable>(_ answer: InterfaceAnswer) throws -> Value {
        guard (200...299).contains(answer.status) else { throw InterfaceProblem(answer) }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Value.self, from: Data(answer.body))
    }
}

extension Visit {
    /// Reads from the interface.
    ///
    /// - Parameters:
    ///   - segments: of the path, not escaped: `["v1", "runs", run]`.
    ///   - query: fields that are nil are left out.
    /// - Throws: `InterfaceProblem` where it refuses.
    func get<Value: Decodable & Sendable>(
        _ segments: [String], _ query: [(String, String?)] = [], as type: Value.Type = Value.self
    ) async throws -> Value {
        try interface.decode(try await interface.ask(InterfaceRequest(.get, Self.path(segments, query))))
    }

    /// The same for a part of a page that not every reader may see.
    ///
    /// - Returns: nil where the interface says that this visitor may not, or that there is none.
    func getIfAllowed<Value: Decodable & Sendable>(
        _ segments: [String], _ query: [(String, String?)] = [], as type: Value.Type = Value.self
    ) async throws -> Value? {
        do {
            return try await get(segments, query, as: type)
        } catch let problem as InterfaceProblem where problem.status == 403 || problem.status == 404 {
            return nil
        }
    }

    /// Changes something through the interface.
    ///
    /// - Parameter key: by which the same form, sent twice, is done once.
    /// - Throws: `InterfaceProblem` where it refuses.
    func post<Value: Decodable & Sendable>(
        _ segments: [String], _ body: (any Encodable & Sendable)? = nil, once key: String? = nil, as type: Value.Type = Value.self
    ) async throws -> Value {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let bytes = try body.map { Array(try encoder.encode($0)) }
        return try interface.decode(try await interface.ask(InterfaceRequest(.post, Self.path(segments, []), body: bytes, idempotencyKey: key)))
    }

    private static func path(_ segments: [String], _ query: [(String, String?)]) -> String {
        let text = Fields.query(query)
        return URLText.path(segments) + (text.isEmpty ? "" : "?" + text)
    }
}
