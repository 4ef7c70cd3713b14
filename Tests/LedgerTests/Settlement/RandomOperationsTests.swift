import Ledger
import Testing

@Suite("Random operations against a naive ledger")
struct RandomOperationsTests {
    @Test("decide and book the same, and keep what must always hold")
    func agree() throws {
        var random = SplitMix64.announced("Random operations")
        var outcomes: Set<String> = []
        for _ in 0..<20 {
            var sequence = RandomSequence(&random)
            for _ in 0..<500 { try sequence.step() }
            try sequence.checkEverything()
            outcomes.formUnion(sequence.outcomes)
        }
        // The operations were of every kind, else they would prove nothing.
        let expected: Set = [
            "admitted", "refused", "tags missing", "charged", "end committed", "end released", "end expired", "late", "extend", "too long", "nothing",
            "replay", "replay late", "conflict committed", "conflict released", "conflict expired",
        ]
        #expect(outcomes == expected, "seed \(random.seed)")
    }
}

/// One sequence of operations, done by `Ledger` and by the naive ledger side by side.
private struct RandomSequence {
    /// Every kind of outcome that came up.
    private(set) var outcomes: Set<String> = []
    private var random: SplitMix64
    /// The seed of all sequences.
    private let seed: UInt64
    private var naive: NaiveLedger
    private var till: Till
    private var now: Int64 = 1_790_000_000
    private var states: [Identifier: (hold: Hold, state: HoldState)] = [:]
    private var ids: [Identifier] = []

    init(_ random: inout SplitMix64) {
        seed = random.seed
        self.random = SplitMix64(seed: random.next())
        naive = NaiveLedger([
            NaiveLedger.Rule(name: "team", meter: .cost, limit: 900, windowSeconds: 86_400),
            NaiveLedger.Rule(name: "team-with-grace", meter: .cost, limit: 700, percent: 120, windowSeconds: 86_400),
            NaiveLedger.Rule(name: "agent-minute", meter: .modelCalls, limit: 3, per: ["agent_id"], windowSeconds: 60),
            NaiveLedger.Rule(name: "run-tokens", meter: .tokens, limit: 151, perCall: 38, percent: 150, per: ["run_id"]),
            NaiveLedger.Rule(name: "tool-hour", meter: .toolCalls, limit: 5, per: ["agent_id", "tool"], windowSeconds: 3_600),
            NaiveLedger.Rule(name: "big-call", meter: .cost, perCall: 55),
        ])
        till = Till(Policy(version: 1, envelopes: naive.rules.map(Self.envelope)))
    }

    private static func envelope(_ rule: NaiveLedger.Rule) -> Envelope {
        let periods: [Int64: WindowRule.Period] = [60: .minute, 3_600: .hour, 86_400: .day]
        let period = rule.windowSeconds.flatMap { periods[$0] } ?? .forever
        return Envelope(
            name: rule.name, per: rule.per, meter: rule.meter, limit: rule.limit, perCall: rule.perCall, windowRule: WindowRule(period),
            plan: [PlanStep(at: rule.limit == nil ? nil : rule.percent, action: .refuse)])
    }

    private var time: Timestamp { Timestamp(seconds: now) }

    mutating func step() throws {
        now += random.one(of: [0, 0, 1, 2, 5, 40, random.chance(10) ? 4_000 : 0, random.chance(3) ? 40_000 : 0])
        switch random.number(0...99) {
        case 0..<45: try reserve()
        case 45..<92: try settle()
        case 92..<97: try charge()
        default: changeLimits()
        }
    }

    private mutating func randomCall() -> Call {
        var tags = Tags()
        tags["agent_id"] = random.one(of: ["a", "b"])
        tags["run_id"] = random.chance(5) ? nil : random.one(of: ["r", "s", "t"])
        if random.chance(25) {
            return Call(
                tags: tags, model: nil, tool: random.one(of: ["crm.get", "kb.search"]), amounts: Amounts(cost: random.number(0...9), toolCalls: 1))
        }
        let amounts = Amounts(cost: random.number(0...60), tokens: random.number(0...40), modelCalls: 1)
        return Call(tags: tags, model: "gpt-5", tool: nil, amounts: amounts)
    }

    private mutating func reserve() throws {
        let call = randomCall()
        let before = till.book.balances
        guard let amounts = naive.amounts(of: call, at: now) else {
            #expect(throws: TagsMissing(names: ["run_id"]), place) { try till.reserve(call, at: time) }
            try require(till.book.balances == before, "a call without its tags changed a balance")
            outcomes.insert("tags missing")
            return
        }
        let refusing = naive.refusing(amounts)
        let (decision, hold) = try till.reserve(call, at: time)
        switch decision {
        case .refused(let objections, _):
            let violations = objections.violations
            outcomes.insert("refused")
            try require(violations.map(\.identity.envelope) == refusing, "refused by \(violations.map(\.identity.envelope)) instead of \(refusing)")
            // Opening a window is no fact: a new balance is empty.
            try require(till.book.balances.prefix(before.count) == before[...], "a refusal changed a balance")
            try require(till.book.balances.dropFirst(before.count).allSatisfy { $0.version == 0 }, "a refusal was booked")
        case .admitted(let admitted):
            let entries = admitted.entries
            outcomes.insert("admitted")
            try require(refusing.isEmpty, "admitted against \(refusing)")
            let ttlSeconds = random.number(1...300)
            naive.hold(hold.id, amounts, at: now, ttlSeconds: ttlSeconds)
            let shares = amounts.filter { $0.rule.limit != nil }
            try require(
                entries.map(\.heldChange) == shares.map(\.amount) && entries.allSatisfy { $0.spentChange == 0 }, "held something else, or in part")
            states[hold.id] = (hold, .open(expiresAt: time.adding(seconds: ttlSeconds)))
            ids.append(hold.id)
            try check(entries.map(\.balance))
        }
    }

    private mutating func settle() throws {
        guard !ids.isEmpty else { return }
        // Recent holds more often, so that open ones and ended ones are met.
        let index = ids.count - 1 - Int(random.number(0...Int64(min(ids.count - 1, random.chance(50) ? 3 : 40))))
        guard let (hold, state) = states[ids[index]] else { return }
        let request = randomRequest(hold)
        let decision = Settlement.decide(request, hold: hold, state: state, at: time)
        let expected = naive.settle(hold.id, request, at: now)
        try require(decision.text == expected, "\(decision.text) instead of \(expected)")
        outcomes.insert(decision.text.split(separator: " ").filter { Int64($0) == nil }.joined(separator: " "))

        let before = till.book.balances
        switch decision {
        case .end(let endState):
            try book(hold, request, late: false)
            let (charge, fingerprint) = Self.charge(of: request)
            states[hold.id] = (hold, .ended(Ending(state: endState, fingerprint: fingerprint, charged: charge, settledAt: time), late: nil))
        case .late:
            try book(hold, request, late: true)
            guard case .ended(let ending, _) = state else { return }
            let (charge, fingerprint) = Self.charge(of: request)
            let late = Ending(state: .committed, fingerprint: fingerprint, charged: charge, settledAt: time)
            states[hold.id] = (hold, .ended(ending, late: late))
        case .extend(let until):
            states[hold.id] = (hold, .open(expiresAt: until))
            try require(till.book.balances == before, "an extension changed a balance")
        case .replay, .conflict, .tooLong, .nothing:
            try require(till.book.balances == before, "\(decision.text) changed a balance")
        }
    }

    private mutating func randomRequest(_ hold: Hold) -> Settlement.Request {
        switch random.number(0...99) {
        case 0..<50:
            // Two bodies a hold, so that repeated ones and others both come.
            let body = random.number(0...1)
            let factor = Int64(hold.id.low % 3) + body
            let charge = Amounts(
                cost: hold.amounts.cost * factor / 2, tokens: hold.amounts.tokens * factor / 2, modelCalls: hold.amounts.modelCalls,
                toolCalls: hold.amounts.toolCalls * factor)
            return .commit(charge: charge, fingerprint: Identifier(high: 4, low: hold.id.low << 1 | UInt64(body)))
        case 50..<65: return .release
        case 65..<90: return .expire
        default: return .extend(ttlSeconds: random.number(1...(random.chance(30) ? 200_000 : 3_600)))
        }
    }

    private static func charge(of request: Settlement.Request) -> (Amounts, Identifier?) {
        guard case .commit(let charge, let fingerprint) = request else { return (.zero, nil) }
        return (charge, fingerprint)
    }

    private mutating func book(_ hold: Hold, _ request: Settlement.Request, late: Bool) throws {
        let booked = till.settle(hold, charge: Self.charge(of: request).0, late: late, at: time)
        let entries = try #require(booked, place)
        try require(entries.map(\.balance) == hold.shares.map(\.balance), "settled on other balances than it was held on")
        try check(entries.map(\.balance))
    }

    private mutating func charge() throws {
        let call = randomCall()
        guard let amounts = naive.amounts(of: call, at: now) else { return }
        let entries = try #require(try till.charge(call, at: time), place)
        naive.charge(amounts)
        outcomes.insert("charged")
        try check(entries.map(\.balance))
    }

    private mutating func changeLimits() {
        for index in naive.rules.indices where naive.rules[index].limit != nil && random.chance(30) {
            naive.rules[index].limit = random.number(1...10) * (naive.rules[index].meter == .cost ? 150 : 20)
        }
        till.policy = Policy(version: till.policy.version + 1, envelopes: naive.rules.map(Self.envelope))
    }

    // MARK: - What must always hold

    func checkEverything() throws {
        try check(till.book.balances.map(\.id))
        let spent = till.book.balances.reduce(into: 0) { $0 += $1.spent }
        let charged = naive.accounts.values.reduce(into: 0) { $0 += $1.spent }
        try require(spent == charged, "spending was dropped or invented")
    }

    private func check(_ ids: [Identifier]) throws {
        for id in ids {
            let balance = till.book.balances[try #require(till.book.slot(of: id), place)]
            let identity = try #require(till.identities[id], place)
            let name = NaiveLedger.account(identity.envelope, identity.values, windowStart: identity.window.start?.seconds)
            let account = naive.accounts[name] ?? NaiveLedger.Account()
            try require(balance.held == account.held, "\(name) holds \(balance.held), its open holds are \(account.held)")
            try require(balance.spent == account.spent, "\(name) spent \(balance.spent), its charges are \(account.spent)")
            try checkHistory(balance, name, percent: naive.rules.first { $0.name == identity.envelope }?.percent ?? 100)
        }
    }

    private func checkHistory(_ balance: Balance, _ name: String, percent: Int64) throws {
        var (held, spent, version) = (0 as Int64, 0 as Int64, 0 as Int64)
        var facts: [Identifier] = []
        for entry in till.entries[balance.id] ?? [] {
            let usedBefore = held + spent
            held += entry.heldChange
            spent += entry.spentChange
            version += 1
            facts.append(entry.previous)
            try require(entry.held == held && entry.spent == spent, "\(name): version \(version) is not the sum of its facts")
            try require(entry.version == version, "\(name): version \(entry.version) after \(version - 1)")
            let used = held + spent
            if used > usedBefore, used * 100 > entry.limit * percent {
                try require(entry.heldChange <= 0 && entry.spentChange > 0, "\(name): version \(version) is beyond the limit by a hold")
            }
        }
        try require(balance.held == held && balance.spent == spent && balance.version == version, "\(name) is not the sum of its facts")
        try require(
            (version == 0) == (balance.lastFact == .none) && (facts.first ?? .none) == .none, "\(name): its facts do not begin with the first")
        try require(!facts.dropFirst().contains(.none), "\(name): a fact has none before it")
    }

    private var place: Comment { "at \(now), PURSER_TEST_SEED=\(seed)" }

    private func require(_ condition: Bool, _ fault: @autoclosure () -> String) throws {
        let fault = condition ? "" : fault()
        try #require(condition, "\(fault); \(place.rawValue)")
    }
}
