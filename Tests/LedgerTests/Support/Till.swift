import Ledger

/// Does what a batch does for one organisation, without a database: finds the balances of a call, lets `Ledger` decide
/// and keeps every fact.
struct Till {
    static let organisation = Identifier(high: 1, low: 1)

    var policy: Policy
    var guards: Guards
    /// The id of the API key that calls come with.
    var key = "key-1"
    var book = Book([])
    /// By balance, oldest first.
    private(set) var entries: [Identifier: [Entry]] = [:]
    /// What calls and settlements set off, oldest first.
    private(set) var events: [Event] = []
    var identities: [Identifier: BalanceIdentity] = [:]
    /// By what an approval would be for, the id of that.
    private var scopes: [[String]: Identifier] = [:]
    /// By scope the grants that have not ended, in the order of their ends.
    var grants: [Identifier: [TillGrant]] = [:]
    private var balances: [[UInt8]: Identifier] = [:]
    private var facts: UInt64 = 0

    init(_ policy: Policy, guards: Guards = Guards()) {
        self.policy = policy
        self.guards = guards
    }

    /// A policy of these envelopes.
    init(_ envelopes: Envelope...) { self.init(Policy(version: 1, envelopes: envelopes)) }

    mutating func requests(_ call: Call, at now: Timestamp) throws -> [Admission.Request] {
        try policy.claims(of: call, in: policy.windows(at: now), at: now).map { claim in
            let identity = identity(of: claim)
            if claim.envelope.limit != nil, book.slot(of: identity.id) == nil {
                book = Book(book.balances + [Balance(id: identity.id, limit: claim.envelope.limit ?? 0, changedAt: now)])
            }
            let scope = claim.envelope.plan.asksForApproval && claim.envelope.mode == .enforce ? scope(of: identity, call) : nil
            return Admission.Request(
                claim: claim, identity: identity, slot: book.slot(of: identity.id), scope: scope, grant: scope.flatMap { book.slot(of: $0) })
        }
    }

    /// The call as it is, then with each model of its route, priced by `cost`.
    mutating func offers(_ call: Call, at now: Timestamp, cost: (String) -> Int64?) throws -> [Offer] {
        var offers = [Offer(call: call, requests: try requests(call, at: now), forbidding: policy.rulesAgainst(call))]
        var model = call.model
        while let next = model.flatMap({ policy.routes.models[$0]?.downgradeTo }) {
            model = next
            var amounts = call.amounts
            guard let price = cost(next) else { continue }
            amounts.cost = price
            let cheaper = Call(tags: call.tags, model: next, tool: nil, tier: policy.routes.tier(ofModel: next), amounts: amounts)
            offers.append(Offer(call: cheaper, requests: try requests(cheaper, at: now), forbidding: policy.rulesAgainst(cheaper)))
        }
        return offers
    }

    mutating func reserve(
        _ asked: Call, at now: Timestamp = Timestamp(seconds: 0), cost: (String) -> Int64? = { _ in nil }
    ) throws -> (decision: Admission.Decision, hold: Hold) {
        var call = asked
        if let model = asked.model {
            call = Call(tags: asked.tags, model: model, tool: nil, tier: policy.routes.tier(ofModel: model), amounts: asked.amounts)
        } else if let tool = asked.tool {
            call = Call(tags: asked.tags, model: nil, tool: tool, tier: policy.routes.tier(ofTool: tool), amounts: asked.amounts)
        }
        let offers = try offers(call, at: now, cost: cost)
        // Finding the balances of a cheaper call can add balances, and slots keep their places.
        let fact = nextFact()
        let decision = Admission.decide(offers, terms: Admission.Terms(policy: policy, guards: guards, key: key), book: &book, fact: fact, at: now)
        guard case .admitted(let admitted) = decision else {
            return (decision, Hold(id: fact, openedAt: now, amounts: call.amounts, shares: []))
        }
        keep(admitted.entries)
        events += admitted.events
        let shares = admitted.entries.map {
            Hold.Share(balance: $0.balance, meter: identities[$0.balance]?.meter ?? .cost, amount: $0.heldChange)
        }
        return (decision, Hold(id: fact, openedAt: now, amounts: admitted.offer.call.amounts, shares: shares))
    }

    /// Settles a hold and keeps what that set off in `events`.
    mutating func settle(_ hold: Hold, charge: Amounts, late: Bool = false, at now: Timestamp = Timestamp(seconds: 0)) -> [Entry]? {
        let changes = Settlement.changes(of: hold, charge: charge, late: late) { id in
            identities[id].map { ($0, envelope(of: $0)) }
        }
        return keep(changes.flatMap { Settlement.book($0, fact: hold.id, book: &book, at: now) })
    }

    mutating func charge(_ call: Call, at now: Timestamp = Timestamp(seconds: 0)) throws -> [Entry]? {
        let changes = Settlement.changes(of: try requests(call, at: now))
        return keep(Settlement.book(changes, fact: nextFact(), book: &book, at: now))
    }

    /// Adds to the limit of a balance, or takes away.
    @discardableResult
    mutating func adjust(_ envelope: String, _ values: String..., by amount: Int64, at now: Timestamp = Timestamp(seconds: 0)) -> Entry? {
        latest(envelope, values).flatMap { adjust($0.id, by: amount, at: now) }
    }

    mutating func adjust(_ balance: Identifier, by amount: Int64, at now: Timestamp) -> Entry? {
        guard let identity = identities[balance], let slot = book.slot(of: balance) else { return nil }
        let adjustment = Adjustment(kind: .adjustment, amount: amount, reason: "asked for", author: "ann")
        let booked = adjustment.book(
            slot: slot, envelope: envelope(of: identity), identity: identity, book: &book, fact: nextFact(), at: now)
        return keep(booked)?.first
    }

    /// As the lift of what its plan suspended does.
    mutating func pardon(_ envelope: String, _ values: String..., at now: Timestamp) {
        if let slot = latest(envelope, values).flatMap({ book.slot(of: $0.id) }) { book.pardon(slot: slot, at: now) }
    }

    /// Of an envelope's balances the one with these `per` values; in the latest window, if there were several.
    func balance(_ envelope: String, _ values: String...) -> Balance? { latest(envelope, values) }

    private func latest(_ envelope: String, _ values: [String]) -> Balance? {
        book.balances.last { identities[$0.id]?.envelope == envelope && identities[$0.id]?.values == values }
    }

    private func envelope(of identity: BalanceIdentity) -> Envelope? {
        policy.envelope(named: identity.envelope).flatMap { $0.rule == identity.rule ? $0 : nil }
    }

    /// Numbers stand in for the hash of the canonical bytes.
    private mutating func identity(of claim: Claim) -> BalanceIdentity {
        let bytes = BalanceIdentity.canonicalBytes(organisation: Self.organisation, claim: claim)
        let id = balances[bytes] ?? Identifier(high: 2, low: UInt64(balances.count))
        balances[bytes] = id
        let identity = identities[id] ?? BalanceIdentity(id: id, claim: claim)
        identities[id] = identity
        return identity
    }

    /// A run, without one the agent, of a balance.
    private mutating func scope(of identity: BalanceIdentity, _ call: Call) -> Identifier {
        let words = [identity.id.description, call.tags["run_id"] ?? "", call.tags["run_id"] == nil ? call.tags["agent_id"] ?? "" : ""]
        let id = scopes[words] ?? Identifier(high: 4, low: UInt64(scopes.count))
        scopes[words] = id
        return id
    }

    mutating func nextFact() -> Identifier {
        facts += 1
        return Identifier(high: 3, low: facts)
    }

    @discardableResult
    mutating func keep(_ booked: Settlement.Booked?) -> [Entry]? {
        keep(booked?.entries ?? [])
        events += booked?.events ?? []
        return booked?.entries
    }

    private mutating func keep(_ new: [Entry]) {
        for entry in new { entries[entry.balance, default: []].append(entry) }
    }
}

extension Call {
    /// A model call.
    init(_ tags: KeyValuePairs<String, String> = [:], model: String = "gpt-5", cost: Int64 = 0, tokens: Int64 = 0) {
        self.init(
            tags: Tags(tags.map { Tags.Tag(name: $0.key, value: $0.value) }), model: model, tool: nil,
            amounts: Amounts(cost: cost, tokens: tokens, modelCalls: 1))
    }

    /// A tool call.
    init(_ tags: KeyValuePairs<String, String> = [:], tool: String, cost: Int64 = 0) {
        self.init(
            tags: Tags(tags.map { Tags.Tag(name: $0.key, value: $0.value) }), model: nil, tool: tool, amounts: Amounts(cost: cost, toolCalls: 1))
    }
}

extension Admission.Decision {
    var admitted: Admission.Admitted? {
        guard case .admitted(let admitted) = self else { return nil }
        return admitted
    }

    var objections: Objections? {
        guard case .refused(let objections, _) = self else { return nil }
        return objections
    }

    /// The entries of an admission; nil for a refusal.
    var entries: [Entry]? { admitted?.entries }

    /// The violations of a refusal, none for an admission.
    var violations: [Violation] { objections?.violations ?? [] }

    var isAdmitted: Bool { admitted != nil }
}
