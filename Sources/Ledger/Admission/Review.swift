/// How the envelopes of one offer stand towards it. Changes nothing.
struct Review {
    struct Downgrade {
        let request: Admission.Request
        let tier: String
        let reason: String
        /// A step on `per_call` concerns this call only; a step at a share stays on.
        let isSticky: Bool
    }

    private(set) var objections = Objections()
    private(set) var downgrades: [Downgrade] = []
    private(set) var shadows: [Shadow] = []
    private(set) var callAlerts: [Event] = []
    /// By the place of a request the balance of grants that the call is drawn from instead of the envelope's.
    private(set) var draws: [Int: Int] = [:]
    /// The lowest tier to which a balance's route is switched already, and the envelope.
    private(set) var standing: (tier: String, envelope: String)?

    init(_ offer: Offer, terms: Admission.Terms, book: Book) {
        objections.suspensions = terms.guards.suspensions(covering: offer.call.tags, key: terms.key)
        objections.isUnmatched = offer.requests.isEmpty && terms.policy.unmatched == .refuse
        for (index, request) in offer.requests.enumerated() {
            let envelope = request.claim.envelope
            if envelope.mode == .enforce, let freeze = terms.guards.freeze(of: envelope.name) { objections.freezes.append(freeze) }
            let before = (violations: objections.violations.count, downgrades: downgrades.count)
            weighCall(request, at: index, offer.call, book, terms.policy.routes)
            let fits = weighBalance(request, at: index, book, terms.policy.routes)
            // A sum that no balance can hold is refused in any mode.
            if envelope.mode == .shadow, fits { turnToShadow(request, before) }
        }
        if !offer.forbidding.isEmpty {
            objections.rules = offer.forbidding.filter { rule in rule.when.map { Self.isReached($0, offer, book) } ?? true }
        }
    }

    /// The lowest tier asked, and why.
    func lowestTier(_ routes: Routes) -> (tier: String, reason: String)? {
        downgrades.max { (routes.rank($0.tier) ?? 0) < (routes.rank($1.tier) ?? 0) }.map { ($0.tier, $0.reason) }
    }

    /// The objections, and that the route has no model of a tier.
    func unreachable(_ tier: String) -> Objections {
        var objections = objections
        objections.unreachableTier = tier
        return objections
    }

    private mutating func weighCall(_ request: Admission.Request, at index: Int, _ call: Call, _ book: Book, _ routes: Routes) {
        let envelope = request.claim.envelope
        guard let perCall = envelope.perCall, request.claim.amount > perCall else { return }
        if let alert = Self.callAlert(request) { callAlerts.append(alert) }
        let gate = envelope.plan.callGates.first { step in
            guard step.action == .downgrade else { return true }
            return call.model.map { !routes.isAtOrBelow($0, step.to ?? "") } ?? false
        }
        if asksAnyone(gate, request, at: index, book) {
            act(gate, request, rule: .perCall, limit: perCall, balance: request.slot.map { book.balances[$0] }, book)
        }
    }

    /// What the owner is told of a call above `per_call`, if the plan says so.
    static func callAlert(_ request: Admission.Request) -> Event? {
        let envelope = request.claim.envelope
        let requested = request.claim.amount
        guard envelope.mode == .enforce, envelope.plan.alertsOnCall, let perCall = envelope.perCall, requested > perCall else { return nil }
        let text = "a single call asks for \(envelope.meter.text(requested)), more than \(envelope.meter.text(perCall))"
        return Event(
            .alert, envelope: envelope.name, owner: envelope.owner, playbook: envelope.playbook, identity: request.identity,
            limit: perCall, held: requested, reason: text)
    }

    /// False if the sum is more than a balance can hold; the call is refused then.
    private mutating func weighBalance(_ request: Admission.Request, at index: Int, _ book: Book, _ routes: Routes) -> Bool {
        let envelope = request.claim.envelope
        guard let slot = request.slot, let limit = envelope.limit(adjusted: book.balances[slot].marks.adjusted) else { return true }
        let balance = book.balances[slot]
        if envelope.mode == .enforce, let tier = balance.marks.routeTier, limit <= balance.limit, envelope.plan.downgradeTiers.contains(tier),
            (routes.rank(tier) ?? -1) > (routes.rank(standing?.tier) ?? -1)
        {
            standing = (tier, envelope.name)
        }
        let wanted = balance.used + Int128(request.claim.amount)
        let fits = wanted <= Int128(Int64.max)
        let gate = fits ? envelope.plan.gate(for: wanted, of: limit) : PlanStep(at: 100, action: .refuse)
        if asksAnyone(gate, request, at: index, book) { act(gate, request, rule: .limit, limit: limit, balance: balance, book) }
        return fits
    }

    /// False where the step asks a person and one has granted enough: the call is drawn from the grant.
    private mutating func asksAnyone(_ step: PlanStep?, _ request: Admission.Request, at index: Int, _ book: Book) -> Bool {
        guard let grant = request.grant, step?.action == .requireApproval, Grant.covers(request.claim.amount, of: book.balances[grant]) else {
            return true
        }
        draws[index] = grant
        return false
    }

    private mutating func act(
        _ step: PlanStep?, _ request: Admission.Request, rule: Violation.Rule, limit: Int64, balance: Balance?, _ book: Book
    ) {
        guard let step else { return }
        if step.action == .downgrade {
            let name = request.claim.envelope.name
            let passed = step.at.map { "passed \($0) % of its limit" } ?? "allows a single call no more than \(request.identity.meter.text(limit))"
            downgrades.append(
                Downgrade(request: request, tier: step.to ?? "", reason: "'\(name)' \(passed)", isSticky: rule == .limit))
        } else {
            let scope = step.action == .requireApproval ? request.scope : nil
            var rejected: Identifier?
            if case .rejected(let approval)? = scope.flatMap({ book.gates[$0] }) { rejected = approval }
            objections.violations.append(
                Violation(
                    rule: rule, action: rejected == nil ? step.action : .refuse, identity: request.identity, limit: limit,
                    ceiling: step.at.map { Envelope.share($0, of: limit) }, held: balance?.held ?? 0, spent: balance?.spent ?? 0,
                    requested: request.claim.amount, scope: scope, approval: rejected, isRejected: rejected != nil))
        }
    }

    /// Takes back what an envelope in shadow mode said, and remembers it.
    private mutating func turnToShadow(_ request: Admission.Request, _ before: (violations: Int, downgrades: Int)) {
        let actions = objections.violations[before.violations...].map(\.action) + downgrades[before.downgrades...].map { _ in .downgrade }
        objections.violations.removeSubrange(before.violations...)
        downgrades.removeSubrange(before.downgrades...)
        let strongest: PlanStep.Action? =
            actions.contains(.refuse) ? .refuse : actions.contains(.requireApproval) ? .requireApproval : actions.first
        shadows.append(Shadow(envelope: request.claim.envelope.name, would: strongest))
    }

    /// Whether the call would bring its balance of an envelope past a share of the limit.
    private static func isReached(_ level: AccessRule.Level, _ offer: Offer, _ book: Book) -> Bool {
        offer.requests.contains { request in
            guard request.claim.envelope.name == level.envelope, let slot = request.slot,
                let limit = request.claim.envelope.limit(adjusted: book.balances[slot].marks.adjusted)
            else { return false }
            let used = book.balances[slot].used + Int128(request.claim.amount)
            return used * 100 > Int128(level.at) * Int128(limit)
        }
    }
}
