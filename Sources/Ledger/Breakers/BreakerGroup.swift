/// The breakers that look at the same calls of the same kind of subject, and so share counters.
final class BreakerGroup: Sendable {
    private static let maximumScopeBytes = 64

    let on: Subject.Kind
    let match: [Condition]
    /// Tells the counters of groups apart.
    let scope: String
    /// Rules on the steps of the subject.
    let stepRules: [Breaker]
    /// Rules on the calls of one tool, by the time that they look at.
    let toolRules: [(withinSeconds: Int64, rules: [Breaker])]
    let countsCost: Bool
    let countsFailures: Bool
    let countsStates: Bool

    private init(_ rules: [Breaker], on: Subject.Kind, match: [Condition], scope: String) {
        self.on = on
        self.match = match
        self.scope = scope
        var steps: [Breaker] = []
        var tools: [Int64: [Breaker]] = [:]
        for rule in rules {
            switch rule.when {
            case .sameState, .steps, .cost, .toolErrors: steps.append(rule)
            case .toolCalls(_, let seconds): tools[seconds, default: []].append(rule)
            case .overrun, .baseline: break
            }
        }
        stepRules = steps
        toolRules = tools.sorted { $0.key < $1.key }.map { (withinSeconds: $0.key, rules: $0.value) }
        countsCost = steps.contains { if case .cost = $0.when { true } else { false } }
        countsFailures = steps.contains { if case .toolErrors = $0.when { true } else { false } }
        countsStates = steps.contains { if case .sameState = $0.when { true } else { false } }
    }

    func matches(_ call: Call) -> Bool { match.allSatisfy { $0.matches(call) } }

    /// The groups of those breakers that a batch decides; those without a `match` first.
    static func groups(of breakers: [Breaker]) -> [BreakerGroup] {
        struct Key: Hashable {
            let on: Subject.Kind
            let match: [Condition]
        }
        var order: [Key] = []
        var rules: [Key: [Breaker]] = [:]
        for breaker in breakers {
            switch breaker.when {
            case .overrun, .baseline: continue
            case .sameState, .steps, .cost, .toolErrors, .toolCalls: break
            }
            let key = Key(on: breaker.on, match: breaker.match)
            if rules[key] == nil { order.append(key) }
            rules[key, default: []].append(breaker)
        }
        return order.map { BreakerGroup(rules[$0] ?? [], on: $0.on, match: $0.match, scope: scope(of: $0.match)) }
            .sorted { $0.match.isEmpty && !$1.match.isEmpty }
    }

    /// Of a match that is short enough its own text, in which lengths tell what belongs together; of a longer one 64 bits of it.
    private static func scope(of match: [Condition]) -> String {
        let text = match.map { condition in
            let values = condition.matcher.texts.map { "\($0.utf8.count):\($0)" }.joined(separator: ",")
            return "\(condition.label)=\(values)"
        }.joined(separator: ";")
        return text.utf8.count <= maximumScopeBytes ? text : "#\(StateCounts.hash(text))"
    }
}
