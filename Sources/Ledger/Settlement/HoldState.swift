/// Where a hold is in its life.
public enum HoldState: Sendable {
    /// Can go to: ended.
    case open(expiresAt: Timestamp)
    /// Can go to: ended with a late charge, if it was released or expired.
    case ended(Ending, late: Ending?)
}
