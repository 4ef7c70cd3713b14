/// A column of a sealed table, and how its values are written in a fact's line.
struct SealedColumn: Sendable {
    enum Kind: Sendable {
        case uuid, integer, text, time, json, uuids, integers, texts
    }

    let name: String
    let kind: Kind

    init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// As the catalogue calls the type.
    var typeName: String {
        switch kind {
        case .uuid: "uuid"
        case .integer: "bigint"
        case .text: "text"
        case .time: "timestamp with time zone"
        case .json: "jsonb"
        case .uuids: "uuid[]"
        case .integers: "bigint[]"
        case .texts: "text[]"
        }
    }
}
