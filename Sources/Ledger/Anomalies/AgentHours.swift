/// What an agent spent in each of the last hours that it spent in.
public struct AgentHours: Sendable {
    public let agentID: String
    /// The one that it spent most in.
    public let workflow: String?
    /// Nano-units; an hour without spending is not among them.
    public let costs: [Int64]
    /// Some of the calls name a user.
    public let hasUser: Bool

    public init(agentID: String, workflow: String?, costs: [Int64], hasUser: Bool) {
        self.agentID = agentID
        self.workflow = workflow
        self.costs = costs
        self.hasUser = hasUser
    }
}
