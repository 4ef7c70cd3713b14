/// Something that is unlike before.
public struct AnomalyFinding: Sendable {
    /// One of the steps that weigh most.
    public struct Step: Hashable, Sendable {
        public let step: String?
        public let model: String?
        public let agentID: String?
        /// Of the last day, nano-units.
        public let cost: Int64
        /// Of an average day of the week before.
        public let usualCost: Int64
    }

    public let kind: AnomalyKind
    public let agentID: String?
    public let workflow: String?
    public let step: String?
    public let model: String?
    /// In the unit of the kind.
    public let observed: Int64
    public let baseline: Int64
    /// What a day costs more because of it, nano-units.
    public let atStake: Int64
    /// What was compared with what, in words and numbers.
    public let message: String
    public var steps: [Step]

    init(
        _ kind: AnomalyKind, agentID: String? = nil, workflow: String? = nil, step: String? = nil, model: String? = nil, observed: Int64,
        baseline: Int64, atStake: Int64, message: String, steps: [Step] = []
    ) {
        self.kind = kind
        self.agentID = agentID
        self.workflow = workflow
        self.step = step
        self.model = model
        self.observed = observed
        self.baseline = baseline
        self.atStake = atStake
        self.message = message
        self.steps = steps
    }

    /// What identifies its subject among those of its kind.
    public var subject: CanonicalBytes {
        var bytes = CanonicalBytes()
        bytes.append(kind.rawValue)
        bytes.append(agentID)
        bytes.append(workflow)
        bytes.append(step)
        return bytes
    }

    /// The tags that are known of it.
    public var tags: Tags {
        let known = [("agent_id", agentID), ("workflow_name", workflow), ("step_name", step)]
        return Tags(known.compactMap { name, value in value.map { Tags.Tag(name: name, value: $0) } })
    }

    /// Whether it is beyond a level that somebody has called expected: more than 1.5 times that; of a share that falls,
    /// half as much left again.
    public func exceeds(expected level: Int64) -> Bool {
        kind == .tagCoverage
            ? (1_000 - Int128(observed)) * 2 > (1_000 - Int128(level)) * 3 : Int128(observed) * 2 > Int128(level) * 3
    }
}
