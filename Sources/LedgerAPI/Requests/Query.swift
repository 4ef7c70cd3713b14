internal import Hummingbird
internal import Ledger

/// The query parameters of a request; those that are not known are refused.
struct Query {
    static let defaultLimit = 50
    static let maximumLimit = 200
    /// The longest value, in Unicode scalars.
    static let maximumLength = 1_024

    private let values: [String: String]

    /// - Parameters:
    ///   - known: the names that the route takes.
    ///   - takesTags: any tag name is taken too.
    init(_ request: Request, known: Set<String> = [], takesTags: Bool = false) throws {
        guard request.uri.query != nil else {
            values = [:]
            return
        }
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            let name = String(name)
            guard known.contains(name) || takesTags && Tags.isValid(name: name) else {
                throw Problem.invalid("?\(name)", "unknown parameter; known here: \(known.sorted().joined(separator: ", "))")
            }
            guard values[name] == nil else { throw Problem.invalid("?\(name)", "this parameter stands here twice; send it once") }
            guard value.unicodeScalars.count <= Self.maximumLength,
                !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else {
                throw Problem.invalid("?\(name)", "a parameter has at most \(Self.maximumLength) characters and no control characters")
            }
            values[name] = String(value)
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    /// 1 … 200, 50 where it is not stated.
    func limit() throws -> Int {
        guard let text = values["limit"] else { return Self.defaultLimit }
        guard let limit = Int(text), (1...Self.maximumLimit).contains(limit) else {
            throw Problem.invalid("?limit", "send a whole number from 1 to \(Self.maximumLimit)")
        }
        return limit
    }

    /// A cursor that is an id.
    func after() throws -> Identifier? {
        guard let text = values["after"] else { return nil }
        guard let id = Identifier(text) else { throw Problem.invalid("?after", "send the `next` of the page before") }
        return id
    }

    /// An RFC 3339 time; nil where it is not stated.
    func time(_ name: String) throws -> Timestamp? {
        guard let text = values[name] else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw Problem.invalid("?\(name)", "send an RFC 3339 time such as 2026-11-21T10:02:00Z, with + written as %2B")
        }
        return time
    }

    func flag(_ name: String) throws -> Bool {
        switch values[name] {
        case nil, "false": return false
        case "true": return true
        default: throw Problem.invalid("?\(name)", "send true or false")
        }
    }

    /// The parameters that are not among these names, sorted by theirs; a value may be empty.
    func labels(except known: Set<String>) -> [(name: String, value: String)] {
        values.filter { !known.contains($0.key) }.map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
    }

    /// The parameters that are not among these names, as tags.
    func tags(except known: Set<String>) throws -> Tags {
        var tags = Tags()
        for (name, value) in values where !known.contains(name) {
            guard (1...Tags.maximumValueLength).contains(value.unicodeScalars.count) else {
                throw Problem.invalid("?\(name)", "a tag value has 1 to \(Tags.maximumValueLength) characters")
            }
            tags[name] = value
        }
        return tags
    }
}
