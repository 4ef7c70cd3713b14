/// An anomaly in a list beside reports.
struct AnomalyLine: Sendable {
    let anomalyPath: String
    let found: TimeText
    let message: String
    let stake: AmountText
    let isOpen: Bool
    let owner: String?

    init(_ visit: Visit, _ anomaly: Reports.Anomaly) {
        anomalyPath = Paths.anomaly(anomaly.id)
        found = visit.text(anomaly.at)
        message = anomaly.message
        stake = visit.money(anomaly.atStake)
        isOpen = anomaly.state == "open"
        owner = anomaly.owner
    }
}

/// Which models came and went.
enum ModelText {
    /// `gpt-6 is new`; nil where the models are those of before.
    static func moved(_ models: [Reports.Trends.Model]) -> String? {
        let moved = models.compactMap { model in
            switch model.state {
            case "new": "\(model.model ?? "calls of tools") is new"
            case "gone": "\(model.model ?? "calls of tools") is gone"
            default: nil
            }
        }
        return moved.isEmpty ? nil : moved.joined(separator: ", ")
    }
}
