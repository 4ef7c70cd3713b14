/// The rules of an organisation, one version of them, ready to decide by. A class, since every call carries it along: one
/// reference count instead of one for each part.
public final class Policy: Sendable {
    /// 0 for the empty policy of an organisation that has none yet.
    public let version: Int64
    public let envelopes: [Envelope]
    public let routes: Routes
    public let tagRules: TagRules
    public let accessRules: [AccessRule]
    public let unmatched: Unmatched
    /// At what a model without a price is held and charged; nil: its calls are refused.
    public let unknownPrice: ModelPrice?
    public let contacts: [Contact]
    public let workflows: [Workflow]
    public let breakers: [Breaker]
    /// Of the breakers that a batch decides.
    let breakerGroups: [BreakerGroup]
    /// What breakers ask of the calls that they look at.
    private let subjectTags: [SubjectTag]
    public let anomalyRules: AnomalyRules
    private let byName: [String: Envelope]
    private let index: EnvelopeIndex
    /// The window rules that differ, and by envelope which of them it has.
    private let windowRules: [WindowRule]
    private let windowOf: [Int]

    public convenience init(
        version: Int64, envelopes: [Envelope], routes: Routes = .none, tagRules: TagRules = .none, accessRules: [AccessRule] = [],
        unmatched: Unmatched = .admit, unknownPrice: ModelPrice? = nil, contacts: [Contact] = [], workflows: [Workflow] = [],
        breakers: [Breaker] = [], anomalyRules: AnomalyRules = .standard
    ) {
        self.init(
            version: version, envelopes: envelopes, routes: routes, tagRules: tagRules, accessRules: accessRules, unmatched: unmatched,
            unknownPrice: unknownPrice, contacts: contacts, workflows: workflows, breakers: breakers, subjectTags: SubjectTag.of(breakers),
            anomalyRules: anomalyRules)
    }

    private init(
        version: Int64, envelopes: [Envelope], routes: Routes, tagRules: TagRules, accessRules: [AccessRule], unmatched: Unmatched,
        unknownPrice: ModelPrice?, contacts: [Contact], workflows: [Workflow], breakers: [Breaker], subjectTags: [SubjectTag],
        anomalyRules: AnomalyRules
    ) {
        let envelopes = breakers.isEmpty ? envelopes : envelopes.map { $0.watched(by: breakers) }
        self.version = version
        self.envelopes = envelopes
        self.routes = routes
        self.tagRules = tagRules
        self.accessRules = accessRules
        self.unmatched = unmatched
        self.unknownPrice = unknownPrice
        self.contacts = contacts
        self.workflows = workflows
        self.breakers = breakers
        breakerGroups = BreakerGroup.groups(of: breakers)
        self.subjectTags = subjectTags
        self.anomalyRules = anomalyRules
        byName = Dictionary(envelopes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        index = EnvelopeIndex(envelopes)
        var rules: [WindowRule] = []
        var positions: [WindowRule: Int] = [:]
        windowOf = envelopes.map { envelope in
            if let known = positions[envelope.windowRule] { return known }
            positions[envelope.windowRule] = rules.count
            rules.append(envelope.windowRule)
            return rules.count - 1
        }
        windowRules = rules
    }

    public static let empty = Policy(version: 0, envelopes: [])

    public func envelope(named name: String) -> Envelope? { byName[name] }

    /// The breakers for which a record of calls made under another policy speaks: both have them alike, and what they saw before
    /// the record begins cannot be known. Those that watch an envelope are decided from its balances again.
    public func breakers(recordedUnder other: Policy) -> [Breaker] {
        breakers.filter { breaker in
            if case .overrun = breaker.when { false } else { other.breakers.contains(breaker) }
        }
    }

    /// The same policy without some of its breakers; calls must carry the tags that these ask for all the same.
    public func without(_ some: [Breaker]) -> Policy {
        guard !some.isEmpty else { return self }
        return Policy(
            version: version, envelopes: envelopes, routes: routes, tagRules: tagRules, accessRules: accessRules, unmatched: unmatched,
            unknownPrice: unknownPrice, contacts: contacts, workflows: workflows, breakers: breakers.filter { !some.contains($0) },
            subjectTags: subjectTags, anomalyRules: anomalyRules)
    }

    /// The names of the channels by which an owner is reached; none: nobody hears of it.
    public func channels(of owner: String?) -> [String] {
        contacts.first { $0.owner == owner }?.channels ?? []
    }

    /// The envelope that a balance belongs to; nil where it is gone, or cuts otherwise now.
    public func envelope(of identity: BalanceIdentity) -> Envelope? {
        byName[identity.envelope].flatMap { $0.rule == identity.rule ? $0 : nil }
    }

    /// The windows of all envelopes around a moment.
    public func windows(at time: Timestamp) -> WindowSet { WindowSet(windowRules, at: time) }

    /// What one token costs at a moment: by the catalogue, else by the policy's price for models that it does not know.
    public func price(of model: String, in prices: PriceBook, at time: Timestamp) -> ModelPrice? {
        prices.price(of: model, at: time) ?? unknownPrice
    }

    /// The rules that forbid a call, their `when` apart.
    public func rulesAgainst(_ call: Call) -> [AccessRule] {
        accessRules.isEmpty ? [] : accessRules.filter { $0.forbids(call) }
    }

    /// What a call asks of every envelope that matches it, in the policy's order.
    ///
    /// - Parameters:
    ///   - windows: those of this policy, around the moment `now` of the call.
    ///   - isSpent: the money is spent already, so it is booked whatever tags are missing.
    ///   - isAsked: it is the call as it was asked for, which breakers look at, and no cheaper one in its place.
    /// - Throws: `TagsMissing` with every `per` tag that the call lacks, and every tag that a breaker would stop it by: dropping a
    ///   tag must evade neither. Where tags may be missing, the empty value stands for one, and the breaker does not count the call.
    public func claims(
        of call: Call, in windows: WindowSet, at now: Timestamp, isSpent: Bool = false, isAsked: Bool = false
    ) throws(TagsMissing) -> [Claim] {
        let candidates = index.candidates(for: call)
        var claims: [Claim] = []
        var missing: [String] = []
        claims.reserveCapacity(candidates.count)
        for position in candidates {
            let envelope = envelopes[position]
            guard envelope.matches(call) else { continue }
            var values: [String] = []
            values.reserveCapacity(envelope.per.count)
            for label in envelope.per {
                if let value = call.label(label) ?? (isSpent ? "" : absentValue(of: label, for: envelope, in: call, at: now)) {
                    values.append(value)
                } else if !missing.contains(label) {
                    missing.append(label)
                }
            }
            guard missing.isEmpty else { continue }
            claims.append(
                Claim(envelope: envelope, values: values, window: windows.windows[windowOf[position]], amount: call.amounts[envelope.meter])
            )
        }
        if isAsked {
            for tag in subjectTags where tag.isMissing(in: call) && !missing.contains(tag.name) && !tagRules.mayLack(tag.name, in: call.tags, at: now)
            {
                missing.append(tag.name)
            }
        }
        guard missing.isEmpty else { throw TagsMissing(names: missing) }
        return claims
    }

    /// The empty text stands for what a caller could not give (a model call has no tool, not every model has a tier) and
    /// for tags that may be missing.
    private func absentValue(of label: String, for envelope: Envelope, in call: Call, at now: Timestamp) -> String? {
        switch label {
        case "model", "tool", "tier": ""
        default: envelope.mode == .shadow || tagRules.mayLack(label, in: call.tags, at: now) ? "" : nil
        }
    }
}
