/// Why a line of a log is refused.
public struct LogFault: Error, Hashable, Sendable {
    /// The column, or the JSON pointer, that is wrong; "" for the line as a whole.
    public let place: String
    /// What is wrong, and what would be right.
    public let reason: String

    public init(_ place: String, _ reason: String) {
        self.place = place
        self.reason = reason
    }
}
