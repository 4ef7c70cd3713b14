extension Counter {
    /// Why a rule trips at the next call, in words; nil: it does not.
    ///
    /// - Parameters:
    ///   - state: of the call; nil: it does not say.
    ///   - probation: that of the subject.
    func reason(for rule: Breaker, state: UInt64?, probation: Probation?, at now: Timestamp) -> String? {
        let subject = "\(identity.subject.kind.rawValue) '\(identity.subject.id)'"
        switch rule.when {
        case .sameState(let count):
            if let trial = probation, trial.isOver, let made = states.inOnlyState, made > 1 {
                return "\(subject) made \(made) steps, all in one state, while on probation for \(trial.total) steps"
            }
            let made = state.map { states.count(of: $0) } ?? states.highestToldAfter
            // One step that has told its state afterwards is no loop; one that the next call would repeat is.
            let trial = probation.map { state == nil ? max(2, $0.total) : $0.total }
            let allowed = min(count, trial ?? .max)
            return made < allowed ? nil : "\(subject) made \(made) steps in one state, \(Self.allowed(allowed, by: rule, probation))"
        case .toolErrors(let count):
            if let trial = probation, trial.isOver, failures > 0, failures == answers {
                return "\(subject) got \(failures) tool answers, all errors or empty, while on probation for \(trial.total) steps"
            }
            let allowed = min(count, probation?.total ?? .max)
            guard failures >= allowed else { return nil }
            return "\(subject) got \(failures) tool answers in a row that were errors or empty, \(Self.allowed(allowed, by: rule, probation))"
        case .steps(let count):
            return steps < count ? nil : "\(subject) made \(steps) calls, \(Self.allowed(count, by: rule, nil))"
        case .toolCalls(let count, let seconds):
            guard let total = ring?.total(at: now), total >= count else { return nil }
            return "\(subject) called the tool '\(identity.tool ?? "")' \(total) times within \(seconds) s, \(Self.allowed(count, by: rule, nil))"
        case .cost(let above):
            guard spent > above.nanos else { return nil }
            return "\(subject) has cost \(Money(nanos: spent)), more than the \(above) that '\(rule.name)' allows"
        case .overrun, .baseline: return nil
        }
    }

    private static func allowed(_ count: Int64, by rule: Breaker, _ probation: Probation?) -> String {
        guard let probation else { return "as many as '\(rule.name)' allows" }
        return "as many as '\(rule.name)' allows (\(count)) while on probation for \(probation.total) steps"
    }
}
