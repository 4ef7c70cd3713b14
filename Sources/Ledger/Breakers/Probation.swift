/// The trial of a subject that was let go on for a few steps (half-open).
///
/// It lasts until so many steps have been made and have ended. Meanwhile rules that look for a loop trip after so many signs of
/// one as there are steps, and the call after it is where the trial is judged: what all of its steps have shown trips them too,
/// whatever their own numbers are. Calls beyond those steps are admitted meanwhile, and watched as closely.
public struct Probation: Hashable, Sendable {
    /// The steps that are let through, 1 or more.
    public let total: Int64
    /// Those that were not made yet.
    public var left: Int64
    /// So many steps have still to end: be committed, released, or expire.
    public var pending: Int64

    public init(total: Int64, left: Int64, pending: Int64) {
        self.total = total
        self.left = left
        self.pending = pending
    }

    /// One that begins.
    public init(total: Int64) { self.init(total: total, left: total, pending: total) }

    /// Whether it can be judged.
    public var isOver: Bool { left <= 0 && pending <= 0 }
}
