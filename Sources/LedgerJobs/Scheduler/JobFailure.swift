/// A run that did what it could and must be shown as failed.
public struct JobFailure: Error, Sendable, CustomStringConvertible {
    public let description: String
    /// Another attempt for the same due time would find the same.
    public let isFinal: Bool

    public init(_ description: String, isFinal: Bool = false) {
        self.description = description
        self.isFinal = isFinal
    }
}
