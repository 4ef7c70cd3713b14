internal import Charts
internal import Ledger

/// Plans, windows and matches of envelopes in words.
enum PlanText {
    /// `80 %: alert`, `100 %: downgrade to economy`
    static func step(_ step: Envelopes.Step) -> String {
        var action = action(step)
        if let seconds = step.withinSeconds { action += " if within \(duration(seconds))" }
        guard let at = step.at else { return "a single call above the limit: \(action)" }
        return PercentText.text(at) + ": " + action
    }

    private static func action(_ step: Envelopes.Step) -> String {
        switch step.do {
        case "require_approval": "ask for approval"
        case "downgrade": "downgrade to \(step.to ?? "a cheaper model")"
        default: step.do
        }
    }

    static func duration(_ seconds: Int64) -> String {
        if seconds % 86_400 == 0 { return "\(seconds / 86_400) d" }
        if seconds % 3_600 == 0 { return "\(seconds / 3_600) h" }
        return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }

    /// `every week from Monday 09:00, Europe/Paris`
    static func window(_ window: Envelopes.WindowRule?) -> String {
        guard let window else { return "without end" }
        guard window.every != "run" else { return "for each run" }
        var text = "every \(window.every)"
        if let starts = window.starts { text += " from \(starts.prefix(1).uppercased() + starts.dropFirst())" }
        if let at = window.at, at != "00:00" { text += " \(at)" }
        if let zone = window.timeZone { text += ", \(zone)" }
        return text
    }

    /// `environment production · workflow_name support_triage`; nil where every call matches.
    static func match(_ match: [String: Envelopes.Pattern]) -> String? {
        match.isEmpty ? nil : match.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.text)" }.joined(separator: " · ")
    }

    static func meter(_ meter: String) -> String {
        switch meter {
        case "model_calls": "model calls"
        case "tool_calls": "tool calls"
        default: meter
        }
    }

    /// `team_id support · user_id u-17`
    static func key(_ key: [String: String]) -> String {
        guard !key.isEmpty else { return "all calls" }
        return key.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.isEmpty ? GroupText.none : $0.value)" }.joined(separator: " · ")
    }
}

extension EnvelopeGauge {
    /// Of what balances have together.
    init?(limit: Amount, spent: Amount, held: Amount, forecast: Amount?, plan: [Envelopes.Step], text: String) {
        guard limit.value > 0 else { return nil }
        func percent(_ amount: Amount) -> Double { amount.value / limit.value * 100 }
        self.init(
            spent: percent(spent), held: percent(held), forecast: forecast.map { percent($0) },
            steps: plan.compactMap { step in step.at.map { Step($0, PlanText.step(step)) } }, text: text)
    }
}
