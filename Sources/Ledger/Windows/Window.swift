/// A half-open stretch of time, `start ≤ t < end`; no ends means for ever.
public struct Window: Hashable, Sendable {
    public let start: Timestamp?
    public let end: Timestamp?

    public init(start: Timestamp?, end: Timestamp?) {
        self.start = start
        self.end = end
    }

    public static let forever = Window(start: nil, end: nil)

    @inlinable
    public func contains(_ time: Timestamp) -> Bool {
        if let start, time < start { return false }
        if let end, time >= end { return false }
        return true
    }
}
