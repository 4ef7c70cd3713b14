public import Ledger

/// A call that asks for money, decoded.
public struct ReserveRequest: Sendable {
    public var key: APIKey
    public var idempotency: IdempotencyKey
    public var tags: Tags
    /// The model that the caller asks for; nil for a tool call.
    public var model: String?
    public var tool: String?
    /// Estimated tokens; nil where only a cost is stated, or for a tool call.
    public var usage: TokenUsage?
    /// A cost that the caller states; it wins over the price catalogue.
    public var statedCost: Money?
    /// 1 … 3,600
    public var ttlSeconds: Int64
    public var step: Int64?
    public var stateHash: String?

    public init(
        key: APIKey, idempotency: IdempotencyKey, tags: Tags, model: String?, tool: String?, usage: TokenUsage?,
        statedCost: Money?, ttlSeconds: Int64, step: Int64?, stateHash: String?
    ) {
        self.key = key
        self.idempotency = idempotency
        self.tags = tags
        self.model = model
        self.tool = tool
        self.usage = usage
        self.statedCost = statedCost
        self.ttlSeconds = ttlSeconds
        self.step = step
        self.stateHash = stateHash
    }
}
