/// What breakers remember of a subject's calls, or of its calls of one tool. A projection: it may be reset.
public struct Counter: Sendable {
    public let identity: CounterIdentity
    /// Admitted calls.
    public var steps: Int64
    /// Booked cost in nano-units; counted while a rule asks for it.
    public var spent: Int64
    /// Answers of tools in a row that were errors or empty; counted while a rule asks for them.
    public var failures: Int64
    /// Answers of tools that were good or failed; counted while a rule asks for failures.
    public var answers: Int64
    public var states: StateCounts
    /// Of a counter of one tool's calls.
    public var ring: CallRing?
    /// Kept at the subject's counter of all calls, for all of its rules.
    public var probation: Probation?
    /// The rules that only tell, and have.
    public var told: [String]
    public var changedAt: Timestamp
    /// When it was set back last; whatever was counted later came later. Nil: never.
    public var resetAt: Timestamp?

    public init(
        _ identity: CounterIdentity, steps: Int64 = 0, spent: Int64 = 0, failures: Int64 = 0, answers: Int64 = 0,
        states: StateCounts = StateCounts(), ring: CallRing? = nil, probation: Probation? = nil, told: [String] = [], changedAt: Timestamp,
        resetAt: Timestamp? = nil
    ) {
        self.identity = identity
        self.steps = steps
        self.spent = spent
        self.failures = failures
        self.answers = answers
        self.states = states
        self.ring = ring ?? identity.withinSeconds.map { CallRing(withinSeconds: $0) }
        self.probation = probation
        self.told = told
        self.changedAt = changedAt
        self.resetAt = resetAt
    }

    /// Whether it has forgotten a call that was counted at a moment, whose end so tells it nothing.
    func hasForgotten(callOf openedAt: Timestamp) -> Bool { resetAt.map { $0 > openedAt } ?? false }

    /// A moment at which counters can be set back: later than all that they have counted, and so told apart from it by time alone.
    public static func momentToReset(_ changes: some Sequence<Timestamp>, at now: Timestamp) -> Timestamp {
        Timestamp(microseconds: changes.reduce(now, max).microseconds.addingClamped(1))
    }

    /// Forgets everything, and begins a probation where steps are allowed.
    ///
    /// - Parameter moment: of `momentToReset`.
    mutating func reset(allowSteps: Int64?, at moment: Timestamp) {
        self = Counter(identity, probation: allowSteps.map { Probation(total: $0) }, changedAt: moment, resetAt: moment)
    }
}
