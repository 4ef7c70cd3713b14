/// A counter that a call is counted by, and the rules that look at it.
public struct CounterClaim: Sendable {
    public let identity: CounterIdentity
    /// None where the counter only keeps the subject's probation.
    let rules: [Breaker]
    /// The counter that keeps the probation which these rules heed; nil: they heed none.
    let probation: Identifier?
    /// Whether the end of the call has something to say to this counter, whatever it says of its state.
    let waitsForCost: Bool
    let waitsForAnswer: Bool
    /// Whether the state counts, which the end of the call tells if its beginning did not.
    let waitsForState: Bool
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
        for group in breakerGroups where group.matches(call) {
            let name: String? = if let tag = group.on.tag { call.tags[tag] } else { key.description }
            guard let name, !name.isEmpty else { continue }
            let subject = Subject(kind: group.on, id: name)
            if !group.stepRules.isEmpty { Self.claimSteps(of: subject, group, organisation, hash, into: &claims) }
            guard let tool = call.tool else { continue }
            for (seconds, rules) in group.toolRules {
                let identity = CounterIdentity(
                    subject, scope: group.scope, tool: tool, withinSeconds: seconds, of: organisation, hash: hash)
                claims.append(
                    CounterClaim(
                        identity: identity, rules: rules, probation: nil, waitsForCost: false, waitsForAnswer: false, waitsForState: false))
            }
        }
        return claims
    }

    private static func claimSteps(
        of subject: Subject, _ group: BreakerGroup, _ organisation: Identifier, _ hash: ([UInt8]) -> Identifier, into claims: inout [CounterClaim]
    ) {
        let identity = CounterIdentity(subject, scope: group.scope, of: organisation, hash: hash)
        var probation: Identifier? = identity.id
        if !group.scope.isEmpty {
            let known = claims.first { $0.identity.subject == subject && $0.identity.scope.isEmpty && $0.identity.tool == nil }?.identity
            let base = known ?? CounterIdentity(subject, of: organisation, hash: hash)
            probation = group.knowsProbation ? base.id : nil
            if known == nil, group.knowsProbation {
                claims.append(
                    CounterClaim(identity: base, rules: [], probation: nil, waitsForCost: false, waitsForAnswer: false, waitsForState: false))
            }
        }
        claims.append(
            CounterClaim(
                identity: identity, rules: group.stepRules, probation: probation, waitsForCost: group.countsCost,
                waitsForAnswer: group.countsFailures, waitsForState: group.countsStates))
    }

    /// The group that a counter of steps belongs to; nil where no rule looks at it any more.
    func group(of identity: CounterIdentity) -> BreakerGroup? {
        breakerGroups.first { $0.on == identity.subject.kind && $0.scope == identity.scope }
    }
}

extension [CounterClaim] {
    /// The counters that the end of the call must find again; none where it has nothing to tell them.
    public func awaitingEnd(isToolCall: Bool, hasState: Bool) -> [Identifier] {
        var ids: [Identifier] = []
        for claim in self where claim.waitsForCost || claim.waitsForAnswer && isToolCall || claim.waitsForState && !hasState {
            ids.append(claim.identity.id)
        }
        return ids
    }
}
