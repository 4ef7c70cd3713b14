import Foundation

/// What a server answered.
struct Answer: Sendable, CustomStringConvertible {
    let status: Int
    /// By their names in lower case.
    let headers: [String: String]
    /// Exactly the bytes that came, which are UTF-8.
    let body: String

    private static let decoder = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }()

    /// The body, if the status is the one that is expected.
    func decoded<Value: Decodable>(_ expected: Int, as type: Value.Type = Value.self) throws -> Value {
        guard status == expected else { throw Failure("expected \(expected): \(self)") }
        do {
            return try Self.decoder.decode(type, from: Data(body.utf8))
        } catch {
            throw Failure("\(error) in \(self)")
        }
    }

    /// The name in the type of a problem: `overloaded` of `/problems/overloaded`; nil if this is none.
    var problem: String? {
        guard headers["content-type"] == "application/problem+json" else { return nil }
        return (try? decoded(status, as: ProblemAnswer.self)).map { String($0.type.dropFirst("/problems/".count)) }
    }

    var isReplayed: Bool { headers["idempotent-replayed"] == "true" }

    var description: String { "\(status) \(body)" }
}
