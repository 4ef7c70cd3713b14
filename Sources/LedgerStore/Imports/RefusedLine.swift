/// A line that was refused.
public struct RefusedLine: Hashable, Sendable {
    /// In the log, from 1.
    public let line: Int64
    /// Tells several of one line apart, from 0.
    public let part: Int64
    /// The column or the JSON pointer; "" for the line as a whole.
    public let place: String
    public let reason: String
}
