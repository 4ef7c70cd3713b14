/// Something that a decision set off and that somebody else must hear of. Each is a fact, recorded with its cause.
public struct Event: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// A balance reached a step that alerts, or a single call went above `per_call`.
        case alert
        /// What an alert told of is over: the window ended, or the limit rose.
        case alertCleared = "alert.cleared"
        case routeDowngraded = "route.downgraded"
        case routeRestored = "route.restored"
        case approvalRequested = "approval.requested"
        /// Nobody has answered yet.
        case approvalReminded = "approval.reminded"
        case approvalApproved = "approval.approved"
        case approvalRejected = "approval.rejected"
        /// Nobody answered in time.
        case approvalExpired = "approval.expired"
        /// What was left of a grant was taken back.
        case grantExpired = "grant.expired"
        case suspensionOpened = "suspension.opened"
        case suspensionLifted = "suspension.lifted"
        /// A breaker that only tells found what it looks for.
        case breakerTripped = "breaker.tripped"
        /// Spending that is unlike what it was before.
        case anomalyDetected = "anomaly.detected"
        /// Somebody has looked at an anomaly, or it is over.
        case anomalyClosed = "anomaly.closed"
        case envelopeFrozen = "envelope.frozen"
        case envelopeUnfrozen = "envelope.unfrozen"
        case creditCarried = "credit.carried"
        case adjustmentExpired = "adjustment.expired"
        case balanceAdjusted = "balance.adjusted"
        /// A window began, for every key that was in use in the one before.
        case windowOpened = "window.opened"
        /// The review of a week was written.
        case reviewReady = "review.ready"
        /// A cheaper route is tried for a workflow.
        case trialStarted = "trial.started"
        /// It stays, since the results stayed as good.
        case trialKept = "trial.kept"
        /// It was taken back, since they did not.
        case trialRolledBack = "trial.rolled_back"
        /// A person ended it.
        case trialEnded = "trial.ended"
        /// A webhook answered that it is gone and is sent nothing any more.
        case webhookDisabled = "webhook.disabled"
        /// The facts and the balances of the organisation disagree.
        case ledgerInconsistent = "ledger.inconsistent"
    }

    /// A window of an envelope that began.
    public struct Opening: Sendable {
        public let window: Window
        /// How many keys have a balance in it.
        public let keys: Int64
        /// How many windows before it came and went while nothing ran.
        public let missed: Int64

        public init(window: Window, keys: Int64, missed: Int64) {
            self.window = window
            self.keys = keys
            self.missed = missed
        }
    }

    public let kind: Kind
    public let envelope: String
    public let owner: String?
    public let playbook: String?
    /// Nil for an event of the whole envelope, or of a call that no balance was asked for.
    public let identity: BalanceIdentity?
    /// The step that set it off, in per cent of the limit; nil: `per_call`, or no step.
    public let step: Int64?
    /// The balance after its cause, in the meter's unit.
    public let limit: Int64
    public let held: Int64
    public let spent: Int64
    /// The tier that a route was switched to.
    public let tier: String?
    public let subject: Subject?
    /// The breaker that set it off; nil: what set it off is the envelope's plan, or no rule.
    public var rule: String?
    /// What became pending or open: an approval, a suspension.
    public var related: Identifier?
    /// Of the call that set it off, where it is about that call alone: who may see the call may see this.
    public var tags: Tags?
    /// Of a question to a person: what was asked for, in the meter's unit, and until when it can be answered.
    public var question: (requested: Int64, expiresAt: Timestamp)?
    /// Whether limit, held and spent are those of the balance; false: they are not known here.
    public var hasStanding = true
    /// The window that began, where the event tells of one.
    public var opening: Opening?
    public let reason: String

    public init(
        _ kind: Kind, envelope: String, owner: String? = nil, playbook: String? = nil, identity: BalanceIdentity? = nil, step: Int64? = nil,
        limit: Int64 = 0, held: Int64 = 0, spent: Int64 = 0, tier: String? = nil, subject: Subject? = nil, related: Identifier? = nil,
        reason: String
    ) {
        self.kind = kind
        self.envelope = envelope
        self.owner = owner
        self.playbook = playbook
        self.identity = identity
        self.step = step
        self.limit = limit
        self.held = held
        self.spent = spent
        self.tier = tier
        self.subject = subject
        self.related = related
        self.reason = reason
    }

    /// An event of one balance, as it stands after its cause.
    init(
        _ kind: Kind, of envelope: Envelope, _ identity: BalanceIdentity, _ balance: Balance, step: Int64? = nil, tier: String? = nil,
        subject: Subject? = nil, breaker: Breaker? = nil, reason: String
    ) {
        self.init(
            kind, envelope: envelope.name, owner: breaker?.owner ?? envelope.owner, playbook: breaker?.playbook ?? envelope.playbook,
            identity: identity, step: step,
            limit: balance.limit, held: balance.held, spent: balance.spent, tier: tier, subject: subject, reason: reason)
    }
}
