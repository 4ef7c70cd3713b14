/// A call for which a gateway asks.
struct Call: Sendable {
    var tags: [String: String]
    var model: String?
    var tool: String?
    var inputTokens: Int64?
    var outputTokens: Int64?
    /// In nano-units.
    var cost: Int64?
    var ttlSeconds = 120
    var stateHash: String?
    /// Of the answer, as a direct charge reports it.
    var status: String?

    /// A model call that states its cost.
    init(_ tags: [String: String], cost: String, model: String = "any", ttlSeconds: Int = 120) {
        self.tags = tags
        self.model = model
        self.cost = Quantity.nanos(cost)
        self.ttlSeconds = ttlSeconds
    }

    init(tags: [String: String], model: String?, tool: String?) {
        self.tags = tags
        self.model = model
        self.tool = tool
    }

    var reserveBody: String {
        let numbers = [inputTokens.map { "\"input_tokens\":\($0)" }, outputTokens.map { "\"output_tokens\":\($0)" }, costMember]
        return "{\(target),\"estimate\":{\(numbers.compactMap { $0 }.joined(separator: ","))},\"ttl_seconds\":\(ttlSeconds)\(state)}"
    }

    /// The same call as one that was made without being reserved.
    var usageBody: String {
        let counts = [inputTokens.map { "\"input_tokens\":\($0)" }, outputTokens.map { "\"output_tokens\":\($0)" }].compactMap { $0 }
        let usage = counts.isEmpty ? nil : "\"usage\":{\(counts.joined(separator: ","))}"
        let status = status.map { "\"status\":\"\($0)\"" }
        return "{\([target, usage, costMember, status].compactMap { $0 }.joined(separator: ","))\(state)}"
    }

    /// The same call of an agent that is in this state.
    func inState(_ hash: String) -> Call {
        var call = self
        call.stateHash = hash
        return call
    }

    /// The same call, answered like this.
    func answered(_ status: String) -> Call {
        var call = self
        call.status = status
        return call
    }

    private var state: String { stateHash.map { ",\"state_hash\":\"\($0)\"" } ?? "" }

    private var target: String {
        let tags = tags.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        return "\"tags\":{\(tags)}," + (model.map { "\"model\":\"\($0)\"" } ?? "\"tool\":\"\(tool ?? "")\"")
    }

    private var costMember: String? { cost.map { "\"cost\":\"\(Quantity.money($0))\"" } }
}
