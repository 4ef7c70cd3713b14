/// What a counter counts; never changes.
public final class CounterIdentity: Sendable {
    public let id: Identifier
    public let subject: Subject
    /// Which of the subject's calls it counts: told by the `match` of its rules; empty: all of them.
    public let scope: String
    /// Nil: the steps of the subject; else its calls of this tool.
    public let tool: String?
    /// Of a counter of a tool's calls the time that they are counted within.
    public let withinSeconds: Int64?

    /// Whether it counts all steps of the subject, and keeps its probation.
    var isBase: Bool { scope.isEmpty && tool == nil }

    public init(id: Identifier, subject: Subject, scope: String, tool: String?, withinSeconds: Int64?) {
        self.id = id
        self.subject = subject
        self.scope = scope
        self.tool = tool
        self.withinSeconds = withinSeconds
    }

    /// - Parameter hash: makes the id of canonical bytes.
    public convenience init(
        _ subject: Subject, scope: String = "", tool: String? = nil, withinSeconds: Int64? = nil, of organisation: Identifier,
        hash: ([UInt8]) -> Identifier
    ) {
        var bytes = CanonicalBytes()
        bytes.append("counter")
        bytes.append(organisation)
        bytes.append(subject.kind.rawValue)
        bytes.append(subject.id)
        bytes.append(scope)
        bytes.append(tool)
        bytes.append(withinSeconds)
        self.init(id: hash(bytes.bytes), subject: subject, scope: scope, tool: tool, withinSeconds: withinSeconds)
    }
}
