/// The tag that names whom a breaker stops. A call that lacks it would go uncounted and unstopped, so it must be there
/// wherever the breaker looks.
struct SubjectTag: Hashable, Sendable {
    private enum Calls: Sendable {
        case all, models, tools
    }

    let name: String
    private let match: [Condition]
    private let calls: Calls

    /// Nil for breakers that need none: those that stop API keys, those that only tell, and those that watch an envelope, which
    /// asks for the tag itself.
    init?(_ breaker: Breaker) {
        guard let name = breaker.on.tag, breaker.action == .suspend else { return nil }
        switch breaker.when {
        case .sameState, .steps, .cost, .toolErrors, .baseline(.cost, _, _): calls = .all
        case .toolCalls, .baseline(.toolCalls, _, _): calls = .tools
        case .baseline(.tokens, _, _): calls = .models
        case .overrun: return nil
        }
        self.name = name
        match = breaker.match
    }

    /// Whether a call lacks the tag where the breaker looks at it.
    func isMissing(in call: Call) -> Bool {
        guard call.tags[name] == nil else { return false }
        switch calls {
        case .all: break
        case .models: if call.tool != nil { return false }
        case .tools: if call.tool == nil { return false }
        }
        return match.allSatisfy { $0.matches(call) }
    }

    /// Of some breakers, each once.
    static func of(_ breakers: [Breaker]) -> [SubjectTag] {
        var known: Set<SubjectTag> = []
        return breakers.compactMap { SubjectTag($0) }.filter { known.insert($0).inserted }
    }
}
