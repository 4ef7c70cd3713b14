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
        return "{\(target),\"estimate\":{\(numbers.compactMap { $0 }.joined(separator: ","))},\"ttl_seconds\":\(ttlSeconds)}"
    }

    /// The same call as one that was made without being reserved.
    var usageBody: String {
        let counts = [inputTokens.map { "\"input_tokens\":\($0)" }, outputTokens.map { "\"output_tokens\":\($0)" }].compactMap { $0 }
        let usage = counts.isEmpty ? nil : "\"usage\":{\(counts.joined(separator: ","))}"
        return "{\([target, usage, costMember].compactMap { $0 }.joined(separator: ","))}"
    }

    private var target: String {
        let tags = tags.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        return "\"tags\":{\(tags)}," + (model.map { "\"model\":\"\($0)\"" } ?? "\"tool\":\"\(tool ?? "")\"")
    }

    private var costMember: String? { cost.map { "\"cost\":\"\(Quantity.money($0))\"" } }
}
