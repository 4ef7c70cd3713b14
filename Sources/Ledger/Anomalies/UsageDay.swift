/// The usage of 24 hours.
public struct UsageDay: Sendable {
    /// Calls of one agent, workflow, step and model.
    public struct Calls: Sendable {
        public let agentID: String?
        public let workflow: String?
        public let step: String?
        public let model: String?
        /// Of models and tools.
        public let calls: Int64
        public let cost: Int64
        public let inputTokens: Int64
        public let outputTokens: Int64
        /// Those that lack a tag which they must carry.
        public let untaggedCalls: Int64
        public let untaggedCost: Int64

        public init(
            agentID: String?, workflow: String?, step: String? = nil, model: String? = nil, calls: Int64, cost: Int64, inputTokens: Int64 = 0,
            outputTokens: Int64 = 0, untaggedCalls: Int64 = 0, untaggedCost: Int64 = 0
        ) {
            self.agentID = agentID
            self.workflow = workflow
            self.step = step
            self.model = model
            self.calls = calls
            self.cost = cost
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.untaggedCalls = untaggedCalls
            self.untaggedCost = untaggedCost
        }
    }

    /// Runs that began on the day, of one agent and workflow; the model is that of a run's dearest call.
    public struct Runs: Sendable {
        public let agentID: String?
        public let workflow: String?
        public let model: String?
        public let runs: Int64
        public let cost: Int64
        public let toolCalls: Int64
        /// When the first and the last of them began, in microseconds since 1970.
        public let firstAt: Int64
        public let lastAt: Int64

        public init(
            agentID: String?, workflow: String?, model: String?, runs: Int64, cost: Int64, toolCalls: Int64 = 0, firstAt: Int64 = 0, lastAt: Int64 = 0
        ) {
            self.agentID = agentID
            self.workflow = workflow
            self.model = model
            self.runs = runs
            self.cost = cost
            self.toolCalls = toolCalls
            self.firstAt = firstAt
            self.lastAt = lastAt
        }
    }

    public var calls: [Calls]
    public var runs: [Runs]

    public init(calls: [Calls] = [], runs: [Runs] = []) {
        self.calls = calls
        self.runs = runs
    }
}
