public import Ledger

/// A suspension with what became of it.
public struct StoredSuspension: Sendable {
    public enum State: String, CaseIterable, Sendable {
        case open, lifted
    }

    public struct Lift: Sendable {
        public let reason: String
        public let author: String
        public let at: Timestamp
        /// So many steps were allowed on trial; nil: as before the suspension.
        public let allowSteps: Int64?
    }

    public let suspension: Suspension
    public let author: String
    public let lift: Lift?
    /// Holds that were open when it began and that were released because of it, as far as they are found.
    public let releasedHolds: Int64

    public var id: Identifier { suspension.id }
    public var state: State { lift == nil ? .open : .lifted }
}
