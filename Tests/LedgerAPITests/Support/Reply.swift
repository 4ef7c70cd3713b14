import NIOHTTP1

/// What a server answered.
struct Reply: Sendable, CustomStringConvertible {
    let status: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var json: JSONValue { JSONValue(bytes) }

    /// The problem in short: `422 invalid-request /tags/a`, with the pointer of its first error if it has any; for an
    /// answer that is no problem its status.
    var problem: String {
        guard headers.first(name: "Content-Type") == "application/problem+json" else { return "\(status)" }
        let name = json.type.text.hasPrefix("/problems/") ? String(json.type.text.dropFirst("/problems/".count)) : "?"
        let pointer = json.errors[0].pointer
        return "\(status) \(name)" + (pointer == .absent ? "" : " \(pointer.text)")
    }

    var description: String { "\(status) \(text)" }
}
