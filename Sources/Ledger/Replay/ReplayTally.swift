/// How many calls a replayed policy would have stopped or changed. Each `new…` counts those for which the record says
/// something else.
public struct ReplayTally: Sendable, Hashable {
    public internal(set) var calls: Int64 = 0
    public internal(set) var refused: Int64 = 0
    public internal(set) var newlyRefused: Int64 = 0
    public internal(set) var approvalRequired: Int64 = 0
    public internal(set) var newlyApprovalRequired: Int64 = 0
    public internal(set) var downgraded: Int64 = 0
    public internal(set) var newlyDowngraded: Int64 = 0
    public internal(set) var newlyAdmitted: Int64 = 0
    /// Recorded cost less replayed cost, in nano-units; negative: it would have cost more.
    public internal(set) var saved: Int64 = 0

    public init() {}

    /// Whether the policy would have stopped or changed anything.
    public var isEmpty: Bool { refused + approvalRequired + downgraded + newlyAdmitted == 0 && saved == 0 }

    mutating func add(_ other: ReplayTally) {
        calls += other.calls
        refused += other.refused
        newlyRefused += other.newlyRefused
        approvalRequired += other.approvalRequired
        newlyApprovalRequired += other.newlyApprovalRequired
        downgraded += other.downgraded
        newlyDowngraded += other.newlyDowngraded
        newlyAdmitted += other.newlyAdmitted
        saved = saved.addingClamped(other.saved)
    }
}

extension Int64 {
    /// The sum, or the nearest number that there is.
    func addingClamped(_ other: Int64) -> Int64 { Int64(clamping: Int128(self) + Int128(other)) }
}
