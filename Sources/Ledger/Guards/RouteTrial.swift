/// A cheaper tier that the calls of a workflow are routed to, on trial or for good.
public struct RouteTrial: Hashable, Sendable {
    public let id: Identifier
    public let workflow: String
    public let tier: String
    /// Why it was begun.
    public let reason: String
    /// Its results stayed as good; else it is still tried.
    public let isKept: Bool

    public init(id: Identifier, workflow: String, tier: String, reason: String, isKept: Bool) {
        self.id = id
        self.workflow = workflow
        self.tier = tier
        self.reason = reason
        self.isKept = isKept
    }

    /// What a call that is routed by it is told.
    public var cause: String { "workflow '\(workflow)' \(isKept ? "keeps" : "tries") \(tier) (\(reason))" }
}
