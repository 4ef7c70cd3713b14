/// Why a line of a log is refused. Both texts may hold names out of the log; they are cut, and have no control characters.
public struct LogFault: Error, Hashable, Sendable {
    /// The column, or the JSON pointer, that is wrong; "" for the line as a whole.
    public let place: String
    /// What is wrong, and what would be right.
    public let reason: String

    /// The longest reason, in Unicode scalars.
    private static let maximumReasonLength = 512

    public init(_ place: String, _ reason: String) {
        self.place = LogText.shown(place)
        self.reason = LogText.shown(reason, limit: Self.maximumReasonLength)
    }
}
