/// Whom a suspension stops.
struct Subject: Codable, Sendable {
    let type: String
    let id: String
}

/// An answer that nobody reads.
struct Anything: Decodable, Sendable {
    init(from decoder: any Decoder) throws {}
}
