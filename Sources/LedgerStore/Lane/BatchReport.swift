public import Ledger

/// What became of a batch, once it is on disk.
///
/// Made on the lane's thread, before the callers are answered: it takes what is there and copies nothing. What is asked of it is
/// found when it is asked for, on the thread of who asks.
public struct BatchReport: Sendable {
    /// What a hold was opened for.
    public struct HoldFacts: Sendable {
        public let model: String?
        public let tool: String?
        let tags: [UInt8]

        /// Decoded each time.
        public var spender: Spender { Spender(stored: tags) }
    }

    /// An event that the batch set off.
    public struct Effect: Sendable {
        public let kind: Event.Kind
        /// The envelope, or the rule where it has no envelope.
        public let name: String
    }

    public let organisation: Organisation
    /// The ledger's time at which it was decided.
    public let at: Timestamp
    public let effects: [Effect]
    public let trips: [RoundTrip]
    private let began: ContinuousClock.Instant
    private let tickets: [Ticket]
    private let outcomes: [Outcome]
    private let holds: [Identifier: HeldReservation]

    init(
        _ tickets: [Ticket], _ outcomes: [Outcome], _ decider: BatchDecider, of organisation: Organisation, began: ContinuousClock.Instant,
        trips: [RoundTrip]
    ) {
        self.organisation = organisation
        at = decider.now
        effects = decider.writes.events.effects
        self.trips = trips
        self.began = began
        self.tickets = tickets
        self.outcomes = outcomes
        holds = decider.holds
    }

    // MARK: - Its operations

    /// How many operations it has, in the order in which they came: 0 …
    public var count: Int { outcomes.count }

    public func operation(_ index: Int) -> Operation { tickets[index].operation }

    public func outcome(_ index: Int) -> Outcome { outcomes[index] }

    /// How long an operation waited for the batch to begin.
    public func wait(_ index: Int) -> Duration { max(.zero, began - tickets[index].queuedAt) }

    /// Of the hold that an operation ended or changed; nil for all others.
    public func hold(_ index: Int) -> HoldFacts? {
        tickets[index].operation.reservation.flatMap { holds[$0] }.map { HoldFacts(model: $0.model, tool: $0.tool, tags: $0.tags) }
    }

    /// How often it began again because the configuration, a window or the database changed under it.
    public var restarts: Int {
        // The first trip of each attempt reads.
        max(0, trips.count { $0.kind == .read } - 1)
    }
}
