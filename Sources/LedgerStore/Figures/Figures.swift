/// How the installation stands at one moment, for those who watch it.
public struct Figures: Sendable {
    /// Of one organisation.
    public struct Standing: Sendable {
        public let organisation: Organisation
        /// Holds that have not ended; at most `FigureReader.countLimit` are counted in all.
        public var openHolds: Int64 = 0
        /// Events that are not in the feed yet.
        public var outbox: Int64 = 0
        /// Seconds since the oldest of them was made.
        public var outboxLagSeconds: Double = 0
        public var pendingApprovals: Int64 = 0
        /// Messages to webhooks that are not delivered yet.
        public var pendingDeliveries: Int64 = 0
        public var frozenEnvelopes: Int = 0
        /// Open suspensions by the rule that opened them; "" for those that a person opened.
        public var suspensions: [String: Int] = [:]
    }

    public var standings: [Standing] = []
}
