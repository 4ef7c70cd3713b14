/// A policy to begin with, written for a log: YAML that lint accepts, in which each number says where it comes from.
public enum StarterPolicy {
    /// The same summary and prices give the same text.
    ///
    /// - Parameters:
    ///   - name: of the import.
    ///   - currency: of the organisation.
    public static func text(_ summary: LogSummary, name: String, currency: String, prices: PriceBook) -> String {
        let plan = StarterPlan(summary)
        var text = Lines()
        head(&text, summary, name: name, currency: currency)
        tags(&text, summary, plan)
        models(&text, summary, prices)
        envelopes(&text, summary, plan)
        breakers(&text, summary, plan)
        return text.text
    }

    private struct Lines {
        private(set) var text = ""

        mutating func add(_ line: String = "") { text += line + "\n" }
    }

    private static func head(_ text: inout Lines, _ summary: LogSummary, name: String, currency: String) {
        text.add("# A policy to begin with, written from the import \(comment(name)):")
        text.add("# \(summary.total.allCalls) calls \(span(summary)), \(money(summary.total.cost)) \(currency).")
        text.add("#")
        text.add("# Applying it replaces the policy in force; it adds nothing to it.")
        text.add("#")
        text.add("# It stops nobody. Every envelope is in shadow mode: it counts, and GET /v1/envelopes/{name} shows what it would have refused.")
        text.add("# Breakers tell, no tag is required yet, and models without a price have one here. A log shows what was spent and not what was")
        text.add("# needed, and callers that were never refused do not know yet what to do when they are. Watch for a week, set the limits, give")
        text.add("# each an owner, and take `mode: shadow` out one envelope at a time.")
        text.add("#")
        text.add("# purser policy lint DIR; purser policy plan DIR; purser policy apply DIR")
        text.add()
    }

    // MARK: - Tags

    private static func tags(_ text: inout Lines, _ summary: LogSummary, _ plan: StarterPlan) {
        if !plan.required.isEmpty {
            text.add("# Take the marks away, and a call without one of these is refused with 422.")
            text.add("# tags:")
            text.add("#   required:")
            for tag in plan.required { text.add("#     - \(tag)  # 100 % of the calls of the log have it") }
            text.add("#")
        } else {
            text.add("# There is no tag to require yet: the log has none that every call carries.")
        }
        if !plan.almost.isEmpty {
            text.add("# Next, once every caller sends them:")
            for (tag, missing) in plan.almost {
                text.add("# - \(tag): missing in \(percent(missing)) of the calls\(culprits(tag, summary))")
            }
        }
        let absent = summary.coverage.filter { $0.missing.allCalls == summary.total.allCalls && summary.total.allCalls > 0 }.map(\.tag)
        if !absent.isEmpty {
            text.add("# No call has \(absent.joined(separator: ", ")).")
            if let advice = advice(absent) { text.add("# \(advice)") }
        }
        text.add()
    }

    /// What to add first where tags are missing everywhere.
    private static func advice(_ absent: [String]) -> String? {
        if absent.contains("workflow_name") {
            return "Begin with workflow_name, which says what the money is for; then team_id, which says whose it is."
        }
        if absent.contains("team_id"), absent.contains("cost_center") { return "Begin with team_id: it says whose money it is." }
        return absent.contains("run_id") ? "Begin with run_id: a run that loops can only be stopped by it." : nil
    }

    private static func culprits(_ tag: String, _ summary: LogSummary) -> String {
        guard let culprits = summary.coverage.first(where: { $0.tag == tag })?.culprits, let first = culprits.groups.first else { return "" }
        return ", most of them of \(culprits.label) \(comment(first.value))"
    }

    // MARK: - Models

    private static func models(_ text: inout Lines, _ summary: LogSummary, _ prices: PriceBook) {
        let names = (summary.groups["model"] ?? []).map(\.value)
        let models = StarterModels(names, prices: prices, at: summary.last ?? Timestamp(seconds: 0))
        if !models.unpriced.isEmpty {
            text.add("# Without a price, so in no tier: \(models.unpriced.map(comment).joined(separator: ", ")).")
        }
        unknownPrice(&text, models, prices, at: summary.last ?? Timestamp(seconds: 0))
        if models.hasRoutes {
            text.add("# The models of the log by their prices: above a third of the dearest, above a fifteenth, and below.")
            text.add("tiers: [\(models.tiers.joined(separator: ", "))]")
            text.add("models:")
            for model in models.models {
                let route = model.standIn.map { ", downgrade_to: \(quoted($0))" } ?? ""
                text.add("  \(quoted(model.name)): { tier: \(model.tier)\(route) }")
            }
        }
        text.add()
    }

    /// So that nobody is refused for a model that no price list knows yet.
    private static func unknownPrice(_ text: inout Lines, _ models: StarterModels, _ prices: PriceBook, at time: Timestamp) {
        let dearest = models.models.first.flatMap { prices.price(of: $0.name, at: time) ?? prices.entries[$0.name]?.first?.price }
        let (input, output) = (max(1, dearest?.input ?? 10_000_000_000), max(1, dearest?.output ?? 40_000_000_000))
        let what = dearest == nil ? "this price" : "the price of the dearest model of the log"
        text.add("# A call of a model without a price is held and charged at \(what).")
        text.add("# Import prices, then write `unknown_price: refuse`, and such a call is refused with 422.")
        text.add("unknown_price:")
        text.add("  input_cost_per_token: \(quoted(ExactDecimal.text(input, scale: ModelPrice.scale)))")
        text.add("  output_cost_per_token: \(quoted(ExactDecimal.text(output, scale: ModelPrice.scale)))")
    }

    // MARK: - Envelopes

    private static func envelopes(_ text: inout Lines, _ summary: LogSummary, _ plan: StarterPlan) {
        text.add("envelopes:")
        for cap in plan.caps { add(cap, &text, summary) }
        if plan.caps.isEmpty { text.add("  # Nothing tells the calls apart, so there is one envelope for all of them.") }
        add(plan.total, &text, summary)
        if let week = plan.userWeek, let dearest = summary.groups["user_id"]?.first {
            text.add(
                "  # Each person's week. \(comment(dearest.value)) spent most, \(money(dearest.sums.cost)) in \(days(summary)); this is 25 % above that."
            )
            text.add("  - name: user-week")
            text.add("    match: { user_id: \"*\" }")
            text.add("    per: [user_id]")
            text.add("    meter: cost")
            text.add("    limit: \(quoted(week.description))")
            text.add("    window: { every: week }")
            text.add("    plan: [{ at: 80, do: alert }, { at: 100, do: refuse }]")
            text.add("    mode: shadow")
        }
        addRuns(&text, summary, plan)
        text.add()
    }

    private static func add(_ cap: StarterPlan.Cap, _ text: inout Lines, _ summary: LogSummary) {
        let what = cap.value.map { "\(comment($0)) spent" } ?? "All calls cost"
        text.add(
            "  # \(what) \(money(cap.spent)) in \(days(summary)), which makes \(money(cap.monthly)) a month; this is 25 % above that, rounded up.")
        text.add("  - name: \(cap.name)")
        if let tag = cap.tag, let value = cap.value { text.add("    match: { \(tag): \(quoted(value)) }") }
        text.add("    meter: cost")
        text.add("    limit: \(quoted(cap.limit.description))")
        text.add("    window: { every: month }")
        text.add("    plan: [{ at: 80, do: alert }, { at: 100, do: refuse }]")
        text.add("    mode: shadow")
    }

    private static func addRuns(_ text: inout Lines, _ summary: LogSummary, _ plan: StarterPlan) {
        guard let steps = plan.runSteps else {
            text.add("  # No limit for runs: the log has no run_id. Send one, and a run that loops is stopped before it is dear.")
            return
        }
        let lengths = summary.lengths
        text.add(
            "  # Of \(lengths.count) runs the middle one has \(lengths.median) model calls, and 999 of 1,000 have at most \(lengths.percentile999);")
        text.add("  # half of that is added. The longest of the log has \(lengths.longest).")
        text.add(
            "  - { name: run-steps, match: { run_id: \"*\" }, per: [run_id], meter: model_calls, limit: \(steps), window: { every: run }, mode: shadow }"
        )
        if let tokens = plan.runTokens {
            text.add("  # 999 of 1,000 runs take at most \(lengths.tokens999) tokens; half of that is added.")
            text.add(
                "  - { name: run-tokens, match: { run_id: \"*\" }, per: [run_id], meter: tokens, limit: \(tokens), window: { every: run }, mode: shadow }"
            )
        }
    }

    // MARK: - Breakers

    private static func breakers(_ text: inout Lines, _ summary: LogSummary, _ plan: StarterPlan) {
        text.add("# What looks like a runaway. A breaker has no shadow mode, so these only tell. Where they are right, write `do: suspend`; a person")
        text.add("# lifts what they suspend.")
        text.add("breakers:")
        if summary.lengths.count > 0 {
            let steps = min(100_000, max(100, StarterPlan.rounded(LogSums.sum(summary.lengths.longest, summary.lengths.longest))))
            text.add("  # Twice as long as the longest run of the log, and at least 100 steps.")
            text.add("  - { name: long-run, on: run, match: { run_id: \"*\" }, when: { steps: \(steps) }, do: alert }")
            text.add("  # So many steps that say themselves, by their state_hash, that nothing changes.")
            text.add("  - { name: no-progress, on: run, match: { run_id: \"*\" }, when: { same_state: 20 }, do: alert }")
        }
        text.add("  # Five times what the agent usually spends in an hour.")
        text.add("  - { name: burn-rate, on: agent, when: { cost: { times: 5, within: 1h } }, do: alert }")
    }

    // MARK: - Words

    private static func days(_ summary: LogSummary) -> String { summary.dayCount == 1 ? "one day" : "\(summary.dayCount) days" }

    private static func span(_ summary: LogSummary) -> String {
        guard let first = summary.first.map(day), let last = summary.last.map(day) else { return "of no time" }
        return first == last ? "of \(first)" : "from \(first) to \(last)"
    }

    private static func day(_ time: Timestamp) -> String { String(time.description.prefix(10)) }

    /// To two decimals from one unit on, four down to a cent, six below.
    private static func money(_ money: Money) -> String {
        let unit: Int64 =
            switch money.nanos {
            case 1_000_000_000...: 10_000_000
            case 10_000_000...: 100_000
            default: 1_000
            }
        // What is less than the last decimal is shown as it is, rather than as nothing; the largest amount cannot be rounded up.
        guard money.nanos >= unit, money.nanos <= Int64.max - unit else { return money.description }
        return Money(nanos: (money.nanos + unit / 2) / unit * unit).description
    }

    /// - Parameter thousandths: 1 … 1,000
    private static func percent(_ thousandths: Int64) -> String { "\(ExactDecimal.text(thousandths, scale: 1)) %" }

    /// A name in a comment, which must not end it.
    private static func comment(_ text: String) -> String {
        let plain = text.unicodeScalars.map { scalar -> Character in
            let isBreak = scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
            return isBreak ? " " : Character(scalar)
        }
        return "'\(String(plain.prefix(80)))'"
    }

    /// A text in double quotes (YAML 1.2, section 7.3.1).
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _
            where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
                || scalar.value == 0xFEFF:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
