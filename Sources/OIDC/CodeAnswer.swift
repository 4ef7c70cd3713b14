internal import Foundation

/// What the provider answers to a code (RFC 6749, sections 5.1 and 5.2).
struct CodeAnswer: Decodable {
    private let token: String?
    private let error: String?

    private enum CodingKeys: String, CodingKey {
        case token = "id_token"
        case error
    }

    /// The token of who signed in.
    static func token(_ status: Int, _ body: [UInt8]) throws(OIDCError) -> String {
        guard status < 500, status != 429 else { throw .unavailable("the identity provider answers \(status) to the code") }
        let answer = try? JSONDecoder().decode(CodeAnswer.self, from: Data(body))
        guard status == 200, let token = answer?.token else {
            throw .refused("was not given: the identity provider answers \(status) to the code, \(word(answer?.error))")
        }
        return token
    }

    /// A word of the provider, as far as it is one: it goes into the log.
    private static func word(_ text: String?) -> String {
        guard let text, (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        else { return "without saying why" }
        return text
    }
}
