import Ledger

/// A policy document written as a Swift literal. Its lines are counted as YAML in block style would have them: every
/// member and every element on a line of its own, an element's first member beside its dash.
indirect enum Draft: Sendable {
    case text(String)
    case number(String)
    case bool(Bool)
    case null
    case list([Draft])
    case object([(String, Draft)])

    var node: PolicyNode {
        var line = 1
        return node(from: &line)
    }

    private func node(from line: inout Int) -> PolicyNode {
        let first = line
        switch self {
        case .list(let elements) where !elements.isEmpty:
            return PolicyNode(.list(elements.map { $0.node(from: &line) }), line: first)
        case .object(let members) where !members.isEmpty:
            let nodes = members.map { name, draft in
                let memberLine = line
                if draft.isBlock { line += 1 }
                return PolicyNode.Member(name: name, line: memberLine, node: draft.node(from: &line))
            }
            return PolicyNode(.object(nodes), line: first)
        default:
            line += 1
            return PolicyNode(scalar, line: first)
        }
    }

    private var isBlock: Bool {
        switch self {
        case .list(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        default: false
        }
    }

    /// The value of what stands on one line.
    private var scalar: PolicyNode.Value {
        switch self {
        case .text(let text): .text(text)
        case .number(let text): .number(text)
        case .bool(let value): .bool(value)
        case .null: .null
        case .list: .list([])
        case .object: .object([])
        }
    }
}

extension Draft: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral {
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(String(value)) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(nilLiteral: ()) { self = .null }
}

extension Draft: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    init(arrayLiteral elements: Draft...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, Draft)...) { self = .object(elements) }
}

extension PolicyReader {
    /// Reads drafts as the documents of one policy; they come from no file.
    static func read(_ drafts: [Draft], version: Int64 = 1) throws(PolicyError) -> PolicyReading {
        try read(drafts.map { PolicyDocument(root: $0.node) }, version: version)
    }
}

extension Policy {
    /// Reads documents that must be good.
    static func read(_ drafts: Draft..., version: Int64 = 1) throws -> Policy {
        try PolicyReader.read(drafts, version: version).policy
    }
}
