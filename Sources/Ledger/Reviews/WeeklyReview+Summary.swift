extension WeeklyReview {
    /// The review in a few sentences, for messages. Names and numbers of what asks for attention; nothing of what does not.
    public var summary: String {
        var sentences = [spending]
        if let first = agents.first, first.cost > 0 {
            let others = agents.dropFirst().prefix(2).filter { $0.cost > 0 }.map { "\($0.id) \(money($0.cost))" }
            sentences.append("Dearest: \((["\(first.id) \(money(first.cost))"] + others).joined(separator: ", ")).")
        }
        let unusual = (agents.filter(\.isUnusual) + unusualAgents).prefix(3).map(\.id)
        if unusualCount > 0 {
            let names = list(Array(unusual), of: unusualCount)
            sentences.append("\(count(unusualCount, "agent")) above twice the median of seven days: \(names).")
        }
        if let whole = coverage?.whole, whole.isLow, let share = Change.share(whole.coveredCalls, of: whole.calls) {
            let tags = (coverage?.tags ?? []).filter(\.share.isLow).map { $0.names.joined(separator: " or ") }
            let missing = tags.isEmpty ? "" : "; missing: \(list(Array(tags.prefix(3)), of: tags.count))"
            sentences.append("\(percent(share)) of the calls carry their tags\(missing).")
        }
        if overrunCount > 0 {
            sentences.append("\(count(overrunCount, "balance")) beyond the limit: \(names(overruns.map(\.identity), of: overrunCount)).")
        }
        if runningOutCount > 0 {
            sentences.append("\(count(runningOutCount, "balance")) about to run out: \(names(runningOut.map(\.identity), of: runningOutCount)).")
        }
        let held = idle.reduce(Int128(0)) { $0 + Int128($1.held) }
        if idleCount > 0 { sentences.append("Held for nothing: \(money(Int64(clamping: held))) by \(count(idleCount, "agent")).") }
        if anomalyCount > 0 {
            let open = anomalies.count { $0.closure == nil }
            sentences.append("\(count(anomalyCount, "anomaly", "anomalies")), \(open) open.")
        }
        if declineCount > 0 { sentences.append("Worse results: \(list(declines.prefix(3).map(\.workflow), of: declineCount)).") }
        if !trials.isEmpty { sentences.append("Route trials: \(trials.prefix(3).map { "\($0.workflow) \($0.state)" }.joined(separator: ", ")).") }
        if !partial.isEmpty { sentences.append("Not read in full: \(partial.map(\.rawValue).sorted().joined(separator: ", ")).") }
        return sentences.joined(separator: " ")
    }

    private var spending: String {
        var text = "\(money(spend.cost)) spent"
        if let change = Change.hundredthsOfPercent(from: spend.previousCost, to: spend.cost) {
            text += ", \(change < 0 ? "−" : "+")\(percent(Int64(clamping: change.magnitude))) on the week before"
        }
        if let forecast = spend.forecast { text += "; the month will cost \(money(forecast.cost))" }
        return text + "."
    }

    private func money(_ nanos: Int64) -> String { "\(Ratio.money(nanos)) \(currency)" }

    private func percent(_ hundredths: Int64) -> String { "\(ExactDecimal.text(hundredths, scale: 2)) %" }

    private func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }

    /// The first of some names, and that there are more.
    private func list(_ names: [String], of count: Int) -> String {
        names.joined(separator: ", ") + (count > names.count ? " and \(count - names.count) more" : "")
    }

    private func names(_ identities: [BalanceIdentity], of count: Int) -> String {
        list(
            identities.prefix(3).map { identity in
                let key = zip(identity.names, identity.values).map { "\($0)=\($1)" }.joined(separator: ", ")
                return key.isEmpty ? identity.envelope : "\(identity.envelope) (\(key))"
            }, of: count)
    }
}
