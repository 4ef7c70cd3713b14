/// What a balance remembers beside its sums: what adjustments made of its limit, and which steps of the plan it passed.
public struct Marks: Hashable, Sendable {
    /// What adjustments add to the policy's limit; negative: take away.
    public var adjusted: Int64
    /// When the first of them that expires does.
    public var nextExpiry: Timestamp?
    /// The highest share of the limit, in per cent, that was told to the owner; 0: none.
    public var alerted: Int64
    /// The tier to which calls are downgraded while the limit does not rise; nil: to none.
    public var routeTier: String?
    /// Since when booked use is above the limit; nil: it is not.
    public var passedAt: Timestamp?
    /// The highest share of the limit, in per cent, that suspended its subject; 0: none.
    public var suspended: Int64
    /// What was spent when what suspended its subject was last lifted; 0: it never was.
    public var pardoned: Int64
    /// Of a balance of grants what those gave that have not ended; 0 for others.
    public var granted: Int64

    public init(
        adjusted: Int64 = 0, nextExpiry: Timestamp? = nil, alerted: Int64 = 0, routeTier: String? = nil, passedAt: Timestamp? = nil,
        suspended: Int64 = 0, pardoned: Int64 = 0, granted: Int64 = 0
    ) {
        self.adjusted = adjusted
        self.nextExpiry = nextExpiry
        self.alerted = alerted
        self.routeTier = routeTier
        self.passedAt = passedAt
        self.suspended = suspended
        self.pardoned = pardoned
        self.granted = granted
    }
}
