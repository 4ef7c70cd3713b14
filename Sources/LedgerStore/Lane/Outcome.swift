public import Ledger

/// What became of an operation, once it is on disk.
public enum Outcome: Sendable {
    case admitted(AdmittedHold)
    case settled(SettledHold)
    case extended(id: Identifier, until: Timestamp)
    /// A limit was changed, by this fact.
    case adjusted(Identifier)
    /// A question to a person ended.
    case decided
    /// The operation was done before, by this fact: a hold, the end or late charge of one, a direct charge, or an adjustment.
    case replayed(Identifier, late: Bool)
    case refused(Refusal)
    /// There was nothing to do.
    case nothing

    /// Whether this answers for something that was done before.
    var restsOnFacts: Bool {
        switch self {
        case .replayed, .refused(.alreadySettled), .refused(.alreadyDecided): true
        default: false
        }
    }
}

/// A hold that was opened.
public struct AdmittedHold: Sendable {
    public let id: Identifier
    public let decision: String
    public let model: String?
    public let reason: String?
    public let held: Amounts
    public let expiresAt: Timestamp
    public let balances: [BalanceView]
    /// Of envelopes in shadow mode that keep no balance.
    public let shadows: [Shadow]

    public init(
        id: Identifier, decision: String, model: String?, reason: String?, held: Amounts, expiresAt: Timestamp, balances: [BalanceView],
        shadows: [Shadow] = []
    ) {
        self.id = id
        self.decision = decision
        self.model = model
        self.reason = reason
        self.held = held
        self.expiresAt = expiresAt
        self.balances = balances
        self.shadows = shadows.filter { shadow in !balances.contains { $0.identity.envelope == shadow.envelope } }
    }
}

/// A hold that ended, a late charge, or a direct charge.
public struct SettledHold: Sendable {
    public let id: Identifier
    public let state: Ending.State
    public let charged: Amounts
    /// What the hold gave back.
    public let returned: Amounts
    /// How far the charge stands beyond a limit.
    public let overrun: Amounts
    public let late: Bool
    public let balances: [BalanceView]

    public init(
        id: Identifier, state: Ending.State, charged: Amounts, returned: Amounts, overrun: Amounts, late: Bool, balances: [BalanceView]
    ) {
        self.id = id
        self.state = state
        self.charged = charged
        self.returned = returned
        self.overrun = overrun
        self.late = late
        self.balances = balances
    }
}
