internal import Charts

/// What a result of a workflow costs, as pages show it.
struct EconomicsText: Sendable {
    struct Change: Sendable {
        let changedName: String
        let changedPath: String
        let kind: String
        let at: TimeText
        let what: String
        let costBefore: AmountText?
        let costAfter: AmountText?
        let change: ChangeText
        let qualityBefore: String?
        let qualityAfter: String?
        let roiBefore: String?
        let roiAfter: String?
    }

    struct Cap: Sendable {
        let envelope: String
        let envelopePath: String
        let advice: String
        let isHigher: Bool
        let isLower: Bool
        let limit: AmountText
        let used: AmountText
        let suggested: AmountText?
        let reasons: [String]
    }

    let workflow: String
    let workflowPath: String
    let owner: String?
    let outcome: String?
    let outcomes: String
    let unitCost: AmountText?
    let unitBefore: AmountText?
    let change: ChangeText
    let target: AmountText?
    let isAboveTarget: Bool
    let isWithinTarget: Bool
    let human: AmountText?
    let cost: AmountText
    let usageCost: AmountText
    let humanCost: AmountText
    let otherCost: AmountText
    let benefit: AmountText?
    let roi: String?
    let isLoss: Bool
    let quality: String?
    let rework: String
    let changes: [Change]
    let hasChanges: Bool
    let caps: [Cap]
    let hasCaps: Bool

    init(_ visit: Visit, _ row: Reports.Economics.Row) {
        let figures = row.figures
        workflow = row.workflowName
        workflowPath = Paths.workflow(row.workflowName)
        owner = row.owner
        outcome = row.outcome
        outcomes = AmountText(count: figures.outcomes).text
        unitCost = visit.money(figures.costPerOutcome)
        unitBefore = visit.money(row.trend.costPerOutcome)
        change = ChangeText(row.trend.changePercent, none: "–")
        target = visit.money(row.targetCost)
        let standing = Self.standing(figures.costPerOutcome, row.targetCost)
        isAboveTarget = standing == 1
        isWithinTarget = standing == -1
        human = visit.money(row.humanBaseline)
        cost = visit.money(figures.cost)
        usageCost = visit.money(figures.usageCost)
        humanCost = visit.money(figures.humanCost)
        otherCost = visit.money(Self.sum(figures.orchestrationCost, figures.fixedCost))
        benefit = visit.money(figures.benefit)
        roi = Self.roi(figures.roi)
        isLoss = (figures.roi ?? 0) < 0
        quality = Self.quality(figures.quality)
        rework = DecimalText.readable("\(Int64(figures.reworkMinutes.rounded()))")
        changes = row.changes.map { change in
            Change(
                changedName: row.workflowName, changedPath: Paths.workflow(row.workflowName), kind: change.kind, at: visit.text(change.at),
                what: change.what, costBefore: visit.money(change.before.costPerOutcome),
                costAfter: visit.money(change.after.costPerOutcome), change: ChangeText(change.changePercent, none: "–"),
                qualityBefore: Self.quality(change.before.quality), qualityAfter: Self.quality(change.after.quality),
                roiBefore: Self.roi(change.before.roi), roiAfter: Self.roi(change.after.roi))
        }
        hasChanges = !row.changes.isEmpty
        caps = row.caps.map { cap in
            Cap(
                envelope: cap.envelope, envelopePath: Paths.envelope(cap.envelope), advice: Self.advice(cap.advice),
                isHigher: cap.advice == "higher", isLower: cap.advice == "lower", limit: visit.money(cap.limit), used: visit.money(cap.used),
                suggested: visit.money(cap.suggestedLimit), reasons: cap.reasons.map { SentenceText.economics($0, currency: visit.visitor.currency) })
        }
        hasCaps = !row.caps.isEmpty
    }

    private static func advice(_ direction: String) -> String {
        switch direction {
        case "higher": "earned a higher limit"
        case "lower": "a lower limit would do"
        default: "keep"
        }
    }

    /// 1 where the unit cost is above the target, −1 where it is not, nil where one is not known.
    private static func standing(_ unit: String?, _ target: String?) -> Int? {
        guard let unit = unit.flatMap({ MoneyText.nanos($0) }), let target = target.flatMap({ MoneyText.nanos($0) }) else { return nil }
        return unit > target ? 1 : -1
    }

    private static func sum(_ a: String, _ b: String) -> String { MoneyText.sum(a, b) }

    /// `7.6 ×` of what was put in.
    private static func roi(_ roi: Double?) -> String? {
        guard let roi, roi.isFinite, abs(roi) < 1e12 else { return nil }
        let tenths = Int64((roi * 10).rounded())
        return (tenths < 0 ? "−" : "") + DecimalText.readable("\(tenths.magnitude / 10).\(tenths.magnitude % 10)") + "\u{A0}×"
    }

    private static func quality(_ quality: Double?) -> String? { quality.map { PercentText.text($0 * 100) } }
}
