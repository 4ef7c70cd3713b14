/// The first line of an audit file that is wrong.
public struct AuditFault: Error, Sendable, CustomStringConvertible {
    /// Counted from 1.
    public let line: Int
    public let detail: String

    public var description: String { "line \(line): \(detail)" }
}
