/// Whom a suspension stops.
struct SubjectView: Decodable, Hashable, Sendable {
    let type: String
    let id: String
}
