/// A stretch of a feed.
public struct FeedPage: Sendable {
    /// What was asked for in it, in order.
    public let entries: [FeedEntry]
    /// The last position that was looked at, whether its event was asked for or not; where the next page begins.
    public let through: Int64
    /// The last position of the feed at that moment; there is more where it is beyond `through`.
    public let last: Int64
}
