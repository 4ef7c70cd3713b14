import Ledger

/// Does what a batch does for one organisation, without a database: finds the balances of a call, lets `Ledger` decide
/// and keeps every fact.
struct Till {
    static let organisation = Identifier(high: 1, low: 1)

    var policy: Policy
    private(set) var book = Book([])
    /// By balance, oldest first.
    private(set) var entries: [Identifier: [Entry]] = [:]
    private(set) var identities: [Identifier: BalanceIdentity] = [:]
    private var balances: [[UInt8]: Identifier] = [:]
    private var facts: UInt64 = 0

    init(_ policy: Policy) { self.policy = policy }

    /// A policy of these envelopes.
    init(_ envelopes: Envelope...) { self.init(Policy(version: 1, envelopes: envelopes)) }

    mutating func requests(_ call: Call, at now: Timestamp) throws -> [Admission.Request] {
        try policy.claims(of: call, in: policy.windows(at: now)).map { claim in
            let identity = identity(of: claim)
            if claim.envelope.limit != nil, book.slot(of: identity.id) == nil {
                book = Book(book.balances + [Balance(id: identity.id, limit: claim.envelope.limit ?? 0, changedAt: now)])
            }
            return Admission.Request(claim: claim, identity: identity, slot: book.slot(of: identity.id))
        }
    }

    mutating func reserve(_ call: Call, at now: Timestamp = Timestamp(seconds: 0)) throws -> (decision: Admission.Decision, hold: Hold) {
        let requests = try requests(call, at: now)
        let fact = nextFact()
        let decision = Admission.decide(requests, book: &book, fact: fact, at: now)
        guard case .admitted(let entries) = decision else {
            return (decision, Hold(id: fact, openedAt: now, amounts: call.amounts, shares: []))
        }
        keep(entries)
        let shares = requests.filter { $0.slot != nil }.map {
            Hold.Share(balance: $0.identity.id, meter: $0.claim.envelope.meter, amount: $0.claim.amount)
        }
        return (decision, Hold(id: fact, openedAt: now, amounts: call.amounts, shares: shares))
    }

    mutating func settle(_ hold: Hold, charge: Amounts, late: Bool = false, at now: Timestamp = Timestamp(seconds: 0)) -> [Entry]? {
        let limits = hold.shares.map { limit(of: $0.balance) }
        let entries = Settlement.book(hold, charge: charge, late: late, limits: limits, book: &book, at: now)
        keep(entries ?? [])
        return entries
    }

    mutating func charge(_ call: Call, at now: Timestamp = Timestamp(seconds: 0)) throws -> [Entry]? {
        let requests = try requests(call, at: now)
        let entries = Settlement.charge(requests, fact: nextFact(), book: &book, at: now)
        keep(entries ?? [])
        return entries
    }

    /// Of an envelope's balances the one with these `per` values; in the latest window, if there were several.
    func balance(_ envelope: String, _ values: String...) -> Balance? {
        book.balances.last { identities[$0.id]?.envelope == envelope && identities[$0.id]?.values == values }
    }

    private func limit(of balance: Identifier) -> Int64 {
        let envelope = identities[balance].flatMap { policy.envelope(named: $0.envelope) }
        return envelope?.limit ?? book.slot(of: balance).map { book.balances[$0].limit } ?? 0
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

    private mutating func nextFact() -> Identifier {
        facts += 1
        return Identifier(high: 3, low: facts)
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
    /// The entries of an admission; nil for a refusal.
    var entries: [Entry]? {
        guard case .admitted(let entries) = self else { return nil }
        return entries
    }

    /// The violations of a refusal, none for an admission.
    var violations: [Violation] {
        guard case .refused(let violations) = self else { return [] }
        return violations
    }

    var isAdmitted: Bool { entries != nil }
}
