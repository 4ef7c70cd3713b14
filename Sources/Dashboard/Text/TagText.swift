/// Names with values, for the template `tags`.
struct TagText: Sendable {
    let name: String
    let value: String

    /// In the order of their names.
    static func list(_ tags: [String: String]) -> [TagText] {
        tags.sorted { $0.key < $1.key }.map { TagText(name: $0.key, value: $0.value) }
    }
}
