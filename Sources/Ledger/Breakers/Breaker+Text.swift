extension Breaker.Condition {
    /// As a policy writes it.
    public var text: String {
        switch self {
        case .sameState(let count): "same_state: \(count)"
        case .steps(let count): "steps: \(count)"
        case .cost(let above): "cost: above \(above)"
        case .toolErrors(let count): "tool_errors: \(count)"
        case .toolCalls(let count, let seconds): "tool_calls: \(count) within \(seconds) s"
        case .overrun(let percent, let seconds, let envelope): "overrun: \(percent) % beyond '\(envelope)' within \(seconds) s"
        case .baseline(let measure, let times, let seconds): "\(measure.rawValue): \(times) times the usual within \(seconds) s"
        }
    }
}

extension Breaker {
    /// What it does, for people.
    public var text: String {
        let match = match.map { "\($0.label): \($0.matcher.texts.joined(separator: " or "))" }.joined(separator: ", ")
        return [
            "on \(on.rawValue)", match.isEmpty ? nil : "for \(match)", "when \(when.text)", "do \(action.rawValue)", owner.map { "owner \($0)" },
            playbook,
        ].compactMap { $0 }.joined(separator: "; ")
    }
}
