/// A counter that a call is counted by, and the rules that look at it.
public struct CounterClaim: Sendable {
    public let identity: CounterIdentity
    /// None where the counter only keeps the subject's probation.
    let rules: [Breaker]
    /// The counter that keeps the probation of the subject.
    let probation: Identifier
    /// Whether the end of the call has something to say to this counter, whatever it says of its state.
    var waitsForCost = false
    var waitsForAnswer = false
    /// Whether the state counts, which the end of the call tells if its beginning did not.
    var waitsForState = false
    /// Whether it counts the calls of a tool, of which the end tells how many they were.
    var waitsForCalls: Bool { identity.tool != nil }
}

extension Policy {
    /// Whether batches count for breakers at all.
    public var countsCalls: Bool { !breakerGroups.isEmpty }

    /// The counters of a call, as it was asked for, each once.
    ///
    /// - Parameters:
    ///   - key: the id of the API key that it came with.
    ///   - hash: makes the id of canonical bytes.
    public func counters(
        of call: Call, key: Identifier, organisation: Identifier, hash: ([UInt8]) -> Identifier
    ) -> [CounterClaim] {
        var claims: [CounterClaim] = []
        for group in breakerGroups where group.matches(call) && (!group.stepRules.isEmpty || call.isToolCall && !group.toolRules.isEmpty) {
            let name: String? = if let tag = group.on.tag { call.tags[tag] } else { key.description }
            guard let name, !name.isEmpty else { continue }
            let subject = Subject(kind: group.on, id: name)
            let base = Self.claimSteps(of: subject, group, organisation, hash, into: &claims)
            guard let tool = call.tool else { continue }
            for (seconds, rules) in group.toolRules {
                let identity = CounterIdentity(
                    subject, scope: group.scope, tool: tool, withinSeconds: seconds, of: organisation, hash: hash)
                claims.append(CounterClaim(identity: identity, rules: rules, probation: base))
            }
        }
        return claims
    }

    /// Claims the counter of the subject's steps that the group looks at, and the one that keeps its probation.
    ///
    /// - Returns: the id of the latter.
    private static func claimSteps(
        of subject: Subject, _ group: BreakerGroup, _ organisation: Identifier, _ hash: ([UInt8]) -> Identifier, into claims: inout [CounterClaim]
    ) -> Identifier {
        let known = claims.first { $0.identity.isBase && $0.identity.subject == subject }?.identity
        let base = known ?? CounterIdentity(subject, of: organisation, hash: hash)
        let isBase = group.scope.isEmpty && !group.stepRules.isEmpty
        if known == nil, !isBase { claims.append(CounterClaim(identity: base, rules: [], probation: base.id)) }
        guard !group.stepRules.isEmpty else { return base.id }
        claims.append(
            CounterClaim(
                identity: isBase ? base : CounterIdentity(subject, scope: group.scope, of: organisation, hash: hash), rules: group.stepRules,
                probation: base.id, waitsForCost: group.countsCost, waitsForAnswer: group.countsFailures, waitsForState: group.countsStates))
        return base.id
    }

    /// The group that a counter of steps belongs to; nil where no rule looks at it any more.
    func group(of identity: CounterIdentity) -> BreakerGroup? {
        breakerGroups.first { $0.on == identity.subject.kind && $0.scope == identity.scope }
    }
}

extension [CounterClaim] {
    /// The counters that the end of a call must find again; none where it has nothing to tell them.
    ///
    /// - Parameter book: in which the call was counted.
    public func awaitingEnd(isToolCall: Bool, hasState: Bool, in book: CounterBook) -> [Identifier] {
        var ids: [Identifier] = []
        for claim in self {
            let tells = claim.waitsForCost || claim.waitsForAnswer && isToolCall || claim.waitsForState && !hasState || claim.waitsForCalls
            if tells || book.isOnProbation(claim.identity) { ids.append(claim.identity.id) }
        }
        return ids
    }
}
