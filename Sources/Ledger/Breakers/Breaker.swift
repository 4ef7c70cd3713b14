/// A rule that stops a subject, or tells of it, when its calls look like those of a runaway.
///
/// Conditions that need only the calls before are decided inside the batch, exactly: the call after the one that met the
/// condition is refused. A `baseline` is compared by a job over the hourly use.
public struct Breaker: Hashable, Sendable {
    public enum Action: String, CaseIterable, Sendable {
        /// Opens a suspension of the subject, which a person lifts.
        case suspend
        /// Tells once, and again only after the subject's counters were reset; every call is admitted.
        case alert
    }

    /// What a baseline is kept of.
    public enum Measure: String, CaseIterable, Sendable {
        case toolCalls = "tool_calls"
        case cost
        case tokens
    }

    public enum Condition: Hashable, Sendable {
        /// So many admitted steps in one state, told by the hash that the caller gives, 2 … `maximumCount`.
        case sameState(Int64)
        /// So many admitted calls, 1 … `maximumCount`.
        case steps(Int64)
        /// Booked cost above an amount.
        case cost(above: Money)
        /// So many answers of tools in a row that were errors or empty, 1 … `maximumCount`.
        case toolErrors(Int64)
        /// So many admitted calls of one tool within a time: 1 … `maximumCount`, in 1 … `maximumWithinSeconds`.
        case toolCalls(count: Int64, withinSeconds: Int64)
        /// Booked use of an envelope's balance beyond its limit by so many per cent, within so long of passing the limit.
        case overrun(percent: Int64, withinSeconds: Int64, envelope: String)
        /// So many times, 2 … `maximumTimes`, of what the subject usually has within such a time.
        case baseline(Measure, times: Int64, withinSeconds: Int64)
    }

    public static let maximumCount: Int64 = 1_000_000
    public static let maximumTimes: Int64 = 1_000
    /// Of a baseline that does not say how many times.
    public static let usualTimes: Int64 = 10
    /// 7 days.
    public static let maximumWithinSeconds: Int64 = 7 * 86_400

    /// Unique in its policy, also among the envelopes: it is the rule of the suspensions that it opens.
    public let name: String
    /// Whom it counts, and stops.
    public let on: Subject.Kind
    /// Which calls it looks at, as they were asked for; empty: every call.
    public let match: [Ledger.Condition]
    public let when: Condition
    public let action: Action
    public let owner: String?
    /// A link for whoever is alerted.
    public let playbook: String?

    public init(
        name: String, on: Subject.Kind, match: [Ledger.Condition] = [], when: Condition, action: Action, owner: String? = nil, playbook: String? = nil
    ) {
        self.name = name
        self.on = on
        self.match = match
        self.when = when
        self.action = action
        self.owner = owner
        self.playbook = playbook
    }
}
