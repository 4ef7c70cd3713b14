/// What the money of a workflow is for; unit economics read it.
public struct Workflow: Hashable, Sendable {
    public let name: String
    public let owner: String?
    public let playbook: String?
    /// The kind of outcome that it brings about.
    public let outcome: String?
    /// What one outcome should cost, and what it costs when people do it.
    public let targetCost: Money?
    public let humanCost: Money?
    /// What else it takes, per unit, by the name of a `WorkflowCost.Rate`.
    public let rates: [String: Money]

    public init(
        name: String, owner: String? = nil, playbook: String? = nil, outcome: String? = nil, targetCost: Money? = nil,
        humanCost: Money? = nil, rates: [String: Money] = [:]
    ) {
        self.name = name
        self.owner = owner
        self.playbook = playbook
        self.outcome = outcome
        self.targetCost = targetCost
        self.humanCost = humanCost
        self.rates = rates
    }
}
