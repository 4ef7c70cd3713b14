/// What a new policy changes.
public enum PolicyDifference {
    /// Everything that differs, in the order in which a policy is written.
    public static func between(_ old: Policy, _ new: Policy) -> [PolicyChange] {
        var changes = named(
            "contact", old.contacts.map { ($0.owner, $0.channels.joined(separator: ", ")) },
            new.contacts.map { ($0.owner, $0.channels.joined(separator: ", ")) })
        changes += channels(old, new)
        changes += single("tiers", old.routes.tiers.joined(separator: ", "), new.routes.tiers.joined(separator: ", "))
        if old.tagRules != new.tagRules { changes.append(PolicyChange(.changed, "tag rules")) }
        changes += envelopes(old, new)
        changes += named("tool rule", rules(old, .tool), rules(new, .tool))
        changes += named("model rule", rules(old, .model), rules(new, .model))
        changes += named("model", models(old), models(new))
        changes += single("tool tiers", toolTiers(old), toolTiers(new))
        changes += named("workflow", old.workflows.map { ($0.name, "\($0.text)") }, new.workflows.map { ($0.name, "\($0.text)") })
        changes += named("breaker", old.breakers.map { ($0.name, $0.text) }, new.breakers.map { ($0.name, $0.text) })
        if old.anomalyRules != new.anomalyRules { changes.append(PolicyChange(.changed, "anomalies")) }
        changes += single("unmatched", old.unmatched.rawValue, new.unmatched.rawValue)
        changes += single("unknown price", text(old.unknownPrice), text(new.unknownPrice))
        return changes
    }

    /// Webhooks that contacts named and that none names any more.
    private static func channels(_ old: Policy, _ new: Policy) -> [PolicyChange] {
        let named = Set(new.contacts.flatMap(\.channels))
        return Set(old.contacts.flatMap(\.channels)).subtracting(named).sorted().map { channel in
            PolicyChange(
                .removed, "channel", name: channel,
                detail: "no contact names it any more: a webhook of this name hears of everything that it asks for from then on")
        }
    }

    // MARK: - Envelopes

    private static func envelopes(_ old: Policy, _ new: Policy) -> [PolicyChange] {
        var changes = old.envelopes.filter { new.envelope(named: $0.name) == nil }.map { envelope in
            PolicyChange(.removed, "envelope", name: envelope.name, detail: "its open holds settle on the balances they carry")
        }
        for envelope in new.envelopes {
            guard let before = old.envelope(named: envelope.name) else {
                changes.append(PolicyChange(.added, "envelope", name: envelope.name, detail: envelope.boundsText))
                continue
            }
            let details = differences(before, envelope)
            guard !details.isEmpty else { continue }
            changes.append(
                PolicyChange(
                    .changed, "envelope", name: envelope.name, detail: details.joined(separator: "; "), newBalances: before.rule != envelope.rule))
        }
        return changes
    }

    private static func differences(_ old: Envelope, _ new: Envelope) -> [String] {
        let fields: [(String, String, String)] = [
            ("meter", old.meter.rawValue, new.meter.rawValue), ("limit", old.text(\.limit), new.text(\.limit)),
            ("per_call", old.text(\.perCall), new.text(\.perCall)), ("window", old.windowRule.canonicalText, new.windowRule.canonicalText),
            ("per", old.per.joined(separator: ", "), new.per.joined(separator: ", ")), ("match", old.matchText, new.matchText),
            ("plan", old.planText, new.planText), ("rollover", old.rolloverText, new.rolloverText), ("mode", old.mode.rawValue, new.mode.rawValue),
            ("owner", old.owner ?? "none", new.owner ?? "none"), ("playbook", old.playbook ?? "none", new.playbook ?? "none"),
        ]
        return fields.compactMap { name, before, after in before == after ? nil : "\(name) \(before) → \(after)" }
    }

    // MARK: - The rest

    private static func single(_ what: String, _ old: String, _ new: String) -> [PolicyChange] {
        old == new ? [] : [PolicyChange(.changed, what, detail: "\(old.isEmpty ? "none" : old) → \(new.isEmpty ? "none" : new)")]
    }

    private static func named(_ what: String, _ old: [(String, String)], _ new: [(String, String)]) -> [PolicyChange] {
        let before = Dictionary(old, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new, uniquingKeysWith: { first, _ in first })
        var changes = before.keys.filter { after[$0] == nil }.sorted().map { PolicyChange(.removed, what, name: $0) }
        for (name, text) in after.sorted(by: { $0.key < $1.key }) {
            if let was = before[name] {
                if was != text { changes.append(PolicyChange(.changed, what, name: name, detail: "\(was) → \(text)")) }
            } else {
                changes.append(PolicyChange(.added, what, name: name, detail: text))
            }
        }
        return changes
    }

    private static func rules(_ policy: Policy, _ kind: AccessRule.Kind) -> [(String, String)] {
        policy.accessRules.filter { $0.kind == kind }.map { rule in
            let allow = rule.allow.map { "allow \($0.flatMap(\.texts).joined(separator: ", "))" }
            let deny = rule.deny.isEmpty ? nil : "deny \(rule.deny.flatMap(\.texts).joined(separator: ", "))"
            let when = rule.when.map { "above \($0.at) % of \($0.envelope)" }
            let match = rule.match.isEmpty ? nil : "for \(rule.match.text)"
            return (rule.name, [match, allow, deny, when].compactMap { $0 }.joined(separator: "; "))
        }
    }

    private static func models(_ policy: Policy) -> [(String, String)] {
        policy.routes.models.map { ($0.key, $0.value.tier + ($0.value.downgradeTo.map { ", downgrades to \($0)" } ?? "")) }
    }

    private static func toolTiers(_ policy: Policy) -> String {
        policy.routes.toolTiers.map { "\($0.tool.texts.joined(separator: ", ")): \($0.tier)" }.joined(separator: "; ")
    }

    private static func text(_ price: ModelPrice?) -> String {
        guard let price else { return "refuse" }
        return "\(ExactDecimal.text(price.input, scale: ModelPrice.scale)) in, \(ExactDecimal.text(price.output, scale: ModelPrice.scale)) out"
    }
}

extension [Condition] {
    fileprivate var text: String { map { "\($0.label): \($0.matcher.texts.joined(separator: " or "))" }.joined(separator: ", ") }
}

extension Workflow {
    fileprivate var text: String {
        [
            owner, playbook, outcome, targetCost.map { "target \($0)" }, humanCost.map { "by people \($0)" },
            rates.isEmpty ? nil : rates.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
        ].compactMap { $0 }.joined(separator: "; ")
    }
}

extension Envelope {
    fileprivate func text(_ amount: KeyPath<Envelope, Int64?>) -> String { self[keyPath: amount].map(meter.text) ?? "none" }

    fileprivate var boundsText: String {
        [limit.map { "limit \(meter.text($0))" }, perCall.map { "per_call \(meter.text($0))" }].compactMap { $0 }.joined(separator: ", ")
    }

    fileprivate var matchText: String { match.isEmpty ? "every call" : match.text }

    fileprivate var rolloverText: String {
        guard let rollover else { return "none" }
        return "up to \(meter.text(rollover.upTo))" + (rollover.expiresInSeconds.map { ", for \($0) s" } ?? "")
    }

    fileprivate var planText: String {
        plan.steps.map { step in
            let at = step.at.map { "\($0) %" } ?? "per call"
            let to = step.to.map { " to \($0)" } ?? ""
            let within = step.withinSeconds.map { " within \($0) s" } ?? ""
            return "\(at) \(step.action.rawValue)\(to)\(within)"
        }.joined(separator: ", ")
    }
}
