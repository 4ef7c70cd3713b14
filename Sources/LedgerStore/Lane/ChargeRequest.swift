public import Ledger

/// A call that was made without a hold, to be charged now.
public struct ChargeRequest: Sendable {
    public var key: APIKey
    public var idempotency: IdempotencyKey
    public var tags: Tags
    public var model: String?
    public var tool: String?
    public var report: UsageReport
    public var step: Int64?

    public init(
        key: APIKey, idempotency: IdempotencyKey, tags: Tags, model: String?, tool: String?, report: UsageReport, step: Int64?
    ) {
        self.key = key
        self.idempotency = idempotency
        self.tags = tags
        self.model = model
        self.tool = tool
        self.report = report
        self.step = step
    }
}
