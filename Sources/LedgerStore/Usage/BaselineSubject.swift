internal import Ledger

/// What one breaker compares with its own past: a subject, and each tool of it where tool calls are counted.
struct BaselineSubject: Hashable {
    let breaker: Breaker
    let measure: Breaker.Measure
    let times: Int64
    let withinSeconds: Int64
    let subject: Subject
    let tool: String?

    init?(_ breaker: Breaker, of row: SliceRow) {
        guard case .baseline(let measure, let times, let withinSeconds) = breaker.when, let tag = breaker.on.tag, let id = row.tags[tag],
            !id.isEmpty, measure != .toolCalls || row.tool != nil
        else { return nil }
        self.breaker = breaker
        self.measure = measure
        self.times = times
        self.withinSeconds = withinSeconds
        subject = Subject(kind: breaker.on, id: id)
        tool = measure == .toolCalls ? row.tool : nil
    }

    /// The same for the same words of a policy.
    var id: Identifier {
        var bytes = CanonicalBytes()
        bytes.append(breaker.name)
        bytes.append(subject.kind.rawValue)
        bytes.append(subject.id)
        bytes.append(tool)
        return Digest.identifier(bytes.bytes)
    }

    func counts(_ row: SliceRow, policy: Policy) -> Bool {
        (tool == nil || row.tool == tool) && breaker.on.tag.flatMap { row.tags[$0] } == subject.id && row.matches(breaker.match, policy: policy)
    }

    func reason(use: Int64, usual: Int64) -> String {
        let what =
            switch measure {
            case .toolCalls: "\(use) calls of \(tool ?? "tools")"
            case .cost: "\(Money(nanos: use)) spent"
            case .tokens: "\(use) tokens"
            }
        let before = measure == .cost ? Money(nanos: usual).description : "\(usual)"
        return "\(what) within \(withinSeconds / 60) min, \(times) times the usual \(before) of the last seven days or more ('\(breaker.name)')"
    }
}
