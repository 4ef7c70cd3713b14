internal import Ledger

/// The columns of FOCUS 1.2 (FinOps Open Cost and Usage Specification): the 21 mandatory ones, those conditional and recommended
/// ones that Purser has something for, and its own, which begin with `x_`. What each says: docs/exports.md.
enum FocusColumns {
    static let names = [
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory",
        "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit",
        "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit",
        "ProviderName", "PublisherName", "ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "ServiceSubcategory",
        "SkuId", "SkuMeter", "SkuPriceId", "SubAccountId", "SubAccountName", "Tags", "x_SettlementId", "x_SettlementKind", "x_SettledAt",
        "x_TokenKind", "x_CostIsStated", "x_AgentId", "x_RunId", "x_UserId", "x_WorkflowName", "x_StepName", "x_Environment", "x_Status",
        "x_UsageSource", "x_Cursor",
    ]

    static let header: [UInt8] = {
        var writer = CSVWriter()
        for name in names { writer.cell(name) }
        writer.end()
        return writer.take()
    }()

    /// Who provides what the ledger accounts for, where a model does not say (`openai/gpt-5`).
    private static let provider = "Purser"

    static func write(_ row: FocusRow, of record: SpendRecord, organisation: Organisation, to writer: inout CSVWriter) {
        let billed = row.billed.description
        let hour = Timestamp(seconds: record.settledAt.seconds - record.settledAt.seconds % 3_600)
        let date = CivilTime(record.settledAt).date
        writer.cell(billed)
        writer.cell(organisation.id.description)
        writer.cell(organisation.name)
        writer.cell(organisation.currency)
        writer.cell(Timestamp(seconds: date.firstOfNextMonth.daysSince1970 * 86_400))
        writer.cell(Timestamp(seconds: date.firstOfMonth.daysSince1970 * 86_400))
        writer.cell("Usage")
        writer.cell(String?.none)
        writer.foreign(description(row, record))
        writer.cell("Usage-Based")
        writer.cell(hour.adding(seconds: 3_600))
        writer.cell(hour)
        writer.cell(row.consumed.quantity)
        writer.cell(row.consumed.unit)
        writer.cell(billed)
        writer.cell(billed)
        writer.cell(provider)
        writer.cell(row.listCost)
        writer.cell(row.listUnitPrice)
        writer.cell(row.priceSince == nil ? "Other" : "Standard")
        writer.cell(row.pricingQuantity)
        writer.cell(row.pricingUnit)
        writer.cell(provider)
        writeResource(row, record, to: &writer)
        writer.cell(String(decoding: TagsJSON.encode(record.tags), as: UTF8.self))
        writeOwn(row, record, to: &writer)
        writer.end()
    }

    private static func description(_ row: FocusRow, _ record: SpendRecord) -> String {
        if let tool = record.tool { return "\(tool): tool call" }
        return "\(record.model ?? "unknown model"): \(row.kind?.title ?? "model call")"
    }

    private static func writeResource(_ row: FocusRow, _ record: SpendRecord, to writer: inout CSVWriter) {
        let resource = record.tool ?? record.model ?? "unknown model"
        let sku = "\(record.tool == nil ? "model" : "tool")/\(resource)/\(row.kind?.rawValue ?? "request")"
        writer.foreign(publisher(of: record.model))
        writer.foreign(resource)
        writer.foreign(resource)
        writer.cell(record.tool == nil ? "Model" : "Tool")
        writer.cell("AI and Machine Learning")
        writer.cell(record.tool == nil ? "Model Calls" : "Tool Calls")
        writer.cell("Generative AI")
        writer.cell(sku)
        writer.cell(row.kind?.title ?? (record.tool == nil ? "Model Calls" : "Tool Calls"))
        writer.cell("\(sku)@\(row.priceSince?.description ?? "stated")")
        writer.foreign(record.tags["cost_center"])
        writer.foreign(record.tags["cost_center"])
    }

    /// `openai` of `openai/gpt-5`.
    private static func publisher(of model: String?) -> String {
        guard let model, let slash = model.firstIndex(of: "/"), slash > model.startIndex else { return provider }
        return String(model[..<slash])
    }

    private static func writeOwn(_ row: FocusRow, _ record: SpendRecord, to writer: inout CSVWriter) {
        writer.cell(record.id.description)
        writer.cell(record.kind)
        writer.cell(record.settledAt)
        writer.cell(row.kind?.rawValue)
        writer.cell(record.isStated ? "true" : "false")
        for name in ["agent_id", "run_id", "user_id", "workflow_name", "step_name", "environment"] { writer.foreign(record.tags[name]) }
        writer.cell(record.status)
        writer.cell(record.usageSource)
        writer.cell(record.cursor(row: row.index).description)
    }
}
