/// One thing that is wrong with a policy document, where it stands, and what to write instead.
public struct PolicyIssue: Hashable, Sendable, CustomStringConvertible {
    /// The file that the document came from; nil where it has no name.
    public let file: String?
    /// A JSON pointer (RFC 6901) into the document.
    public let pointer: String
    /// Counted from 1.
    public let line: Int
    public let detail: String

    public init(file: String? = nil, pointer: String, line: Int, detail: String) {
        self.file = file
        self.pointer = pointer
        self.line = line
        self.detail = detail
    }

    public var description: String { "\(file.map { "\($0):\(line)" } ?? "line \(line)"): \(pointer.isEmpty ? "" : "\(pointer): ")\(detail)" }
}

/// A policy document that cannot be used, with everything that is wrong with it.
public struct PolicyError: Error, Sendable {
    public let issues: [PolicyIssue]

    public init(_ issues: [PolicyIssue]) { self.issues = issues }
}
