/// A window; without ends, for ever.
struct WindowView: Decodable, Hashable, Sendable {
    let start: String?
    let end: String?
}
