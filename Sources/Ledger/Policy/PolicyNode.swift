/// One value of a policy document with the line it stands on, whatever the format it was written in.
public struct PolicyNode: Sendable {
    public enum Value: Sendable {
        case text(String)
        /// A plain number, as written.
        case number(String)
        case bool(Bool)
        case null
        case list([PolicyNode])
        case object([Member])
    }

    public struct Member: Sendable {
        public let name: String
        public let line: Int
        public let node: PolicyNode

        public init(name: String, line: Int, node: PolicyNode) {
            self.name = name
            self.line = line
            self.node = node
        }
    }

    public let value: Value
    /// Counted from 1.
    public let line: Int

    public init(_ value: Value, line: Int) {
        self.value = value
        self.line = line
    }

    /// Where a member of this object stands; nil if there is none.
    func line(of member: String) -> Int? {
        guard case .object(let members) = value else { return nil }
        return members.first { $0.name == member }?.line
    }
}

/// A document of a policy, and the file that it came from.
public struct PolicyDocument: Sendable {
    public let file: String?
    public let root: PolicyNode

    public init(file: String? = nil, root: PolicyNode) {
        self.file = file
        self.root = root
    }
}
