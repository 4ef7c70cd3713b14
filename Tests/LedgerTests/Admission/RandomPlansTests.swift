import Ledger
import Testing

@Suite("Random calls against naive plans")
struct RandomPlansTests {
    @Test("are admitted, downgraded, refused and told of alike")
    func agree() throws {
        var random = SplitMix64.announced("Random plans")
        var outcomes: Set<String> = []
        for _ in 0..<25 {
            var sequence = RandomPlanSequence(&random)
            for _ in 0..<400 { try sequence.step() }
            outcomes.formUnion(sequence.outcomes)
        }
        // The operations were of every kind, else they would prove nothing.
        let expected: Set = [
            "admitted", "downgraded to gpt-5-mini", "downgraded to gpt-5-nano", "downgraded to haiku", "downgraded to stuck", "refuse",
            "require_approval", "unreachable",
            "alert", "route.downgraded", "route.restored", "balance.adjusted",
        ]
        #expect(outcomes == expected, "seed \(random.seed)")
    }
}

/// One sequence of calls, decided by `Ledger` and by naive plans side by side.
private struct RandomPlanSequence {
    /// Every kind of outcome that came up.
    private(set) var outcomes: Set<String> = []
    private static let prices: [String: Int64] = ["gpt-5-mini": 12, "gpt-5-nano": 3, "haiku": 5, "stuck": 10]
    private var random: SplitMix64
    private let seed: UInt64
    private var naive: NaivePlans
    private var till: Till
    private var open: [(hold: Hold, shares: [NaivePlans.Share])] = []
    private var steps = 0

    init(_ random: inout SplitMix64) {
        seed = random.seed
        self.random = SplitMix64(seed: random.next())
        let gates: [PlanStep] = [.downgrade(70, to: "standard"), .refuse(120), .downgrade(90, to: "economy")]
        let rules = [
            NaivePlans.Rule(name: "all", meter: .cost, limit: 600, plan: [.alert(50), .alert(80)] + gates),
            NaivePlans.Rule(
                name: "user", meter: .cost, isPerUser: true, limit: 250,
                plan: [.alert(80), .downgrade(60, to: "economy"), .requireApproval(100), .refuse(140)]),
            NaivePlans.Rule(name: "premium", meter: .modelCalls, tier: "premium", isPerUser: true, limit: 4, plan: [.downgrade(100, to: "standard")]),
            NaivePlans.Rule(name: "economy", meter: .modelCalls, tier: "economy", limit: 12, plan: [.alert(50), .refuse(100)]),
            NaivePlans.Rule(name: "tools", meter: .toolCalls, isPerUser: true, limit: 5, plan: [.alert(100), .requireApproval(100)]),
        ]
        naive = NaivePlans(rules, routes: .sample, prices: Self.prices)
        till = Till(Self.policy(rules, version: 1))
    }

    private static func policy(_ rules: [NaivePlans.Rule], version: Int64) -> Policy {
        let envelopes = rules.map { rule in
            Envelope(
                name: rule.name, match: rule.tier.map { [Condition("tier", $0)] } ?? [], per: rule.isPerUser ? ["user_id"] : [], meter: rule.meter,
                limit: rule.limit, plan: rule.plan)
        }
        return Policy(version: version, envelopes: envelopes, routes: .sample)
    }

    mutating func step() throws {
        steps += 1
        let eventsBefore = till.events.count
        switch random.number(0...99) {
        case 0..<55: try reserve()
        case 55..<80: try settle()
        case 80..<84: try charge()
        case 84..<95: try adjust()
        default: changeLimits()
        }
        let events = till.events[eventsBefore...].map(\.line).sorted()
        let expected = naive.takeEvents().sorted()
        try require(events == expected, "set off \(events) instead of \(expected)")
        outcomes.formUnion(events.compactMap { $0.split(separator: " ").first.map(String.init) })
        try check()
    }

    private mutating func randomCall() -> Call {
        let user = random.one(of: ["u", "v"])
        if random.chance(20) { return Call(["user_id": user], tool: random.one(of: ["crm.get", "kb.search"]), cost: random.number(0...20)) }
        let model = random.one(of: ["gpt-5", "gpt-5", "gpt-5", "opus", "opus", "gpt-5-mini", "haiku", "half-way"])
        return Call(["user_id": user], model: model, cost: random.number(0...(random.chance(5) ? 300 : 60)))
    }

    private mutating func reserve() throws {
        let call = randomCall()
        let versions = till.book.balances.map(\.version)
        let (decision, hold) = try till.reserve(call, cost: { Self.prices[$0] })
        let expected = naive.reserve(call, hold.id)
        let answer: NaivePlans.Answer
        switch decision {
        case .admitted(let admitted):
            answer = .admitted(admitted.offer.call.model)
            let isOther = admitted.offer.call.model != call.model
            outcomes.insert(isOther ? "downgraded to \(admitted.offer.call.model ?? "")" : "admitted")
            try require((admitted.reason != nil) == isOther, "a reason without a downgrade, or none with one")
            try require(hold.shares.map(\.amount) == expected.shares.map(\.amount), "held something else")
            open.append((hold, expected.shares))
        case .refused(let objections, _):
            if let tier = objections.unreachableTier {
                answer = .unreachable(tier)
                outcomes.insert("unreachable")
            } else {
                let names = objections.violations.map { violation in
                    violation.identity.envelope + (violation.identity.values.isEmpty ? "" : "(\(violation.identity.values[0]))")
                }
                answer = .refused(zip(names, objections.violations).map { "\($0) \($1.action.rawValue)" })
                outcomes.formUnion(objections.violations.map(\.action.rawValue))
            }
            try require(till.book.balances.map(\.version).prefix(versions.count) == versions[...], "a refusal was booked")
        }
        try require(answer == expected.answer, "\(answer) instead of \(expected.answer)")
    }

    private mutating func settle() throws {
        guard !open.isEmpty else { return }
        let (hold, shares) = open.remove(at: Int(random.number(0...Int64(open.count - 1))))
        var charge: Amounts?
        if random.chance(60) {
            charge = hold.amounts
            charge?.cost = hold.amounts.cost * random.number(0...6) / 4
        }
        let entries = till.settle(hold, charge: charge ?? .zero)
        try require(entries != nil, "nothing was settled")
        naive.end(hold.id, shares, charge: charge)
    }

    private mutating func charge() throws {
        var call = randomCall()
        call = Call(
            tags: call.tags, model: call.model, tool: call.tool, tier: call.model.flatMap(Routes.sample.tier(ofModel:)), amounts: call.amounts)
        let entries = try till.charge(call)
        try require(entries != nil, "nothing was charged")
        naive.charge(call)
    }

    private mutating func adjust() throws {
        let (rule, user) = (random.one(of: naive.rules), random.one(of: ["u", "v"]))
        let amount = random.number(rule.meter == .cost ? -60...150 : -2...5)
        let entry = rule.isPerUser ? till.adjust(rule.name, user, by: amount) : till.adjust(rule.name, by: amount)
        guard entry != nil else { return }
        naive.adjust(rule, rule.isPerUser ? "\(rule.name)(\(user))" : rule.name, by: amount)
    }

    private mutating func changeLimits() {
        for index in naive.rules.indices where random.chance(30) {
            naive.rules[index].limit = naive.rules[index].meter == .cost ? random.number(2...10) * 100 : random.number(3...15)
        }
        till.policy = Self.policy(naive.rules, version: till.policy.version + 1)
    }

    // MARK: - What must always hold

    private func check() throws {
        for balance in till.book.balances {
            let identity = try #require(till.identities[balance.id], place)
            let name = identity.envelope + (identity.values.isEmpty ? "" : "(\(identity.values[0]))")
            let account = naive.accounts[name] ?? NaivePlans.Account(rule: identity.envelope)
            try require(balance.held == account.held && balance.spent == account.spent, "\(name): \(balance) is not \(account)")
            try require(
                balance.marks.routeTier == account.tier, "\(name): switched to \(balance.marks.routeTier ?? "-") instead of \(account.tier ?? "-")")
            try require(balance.marks.adjusted == account.adjusted, "\(name): adjusted otherwise")
            if let recorded = account.recorded { try require(balance.limit == recorded, "\(name): limit \(balance.limit) instead of \(recorded)") }
        }
    }

    private var place: Comment { "step \(steps), PURSER_TEST_SEED=\(seed)" }

    private func require(_ condition: Bool, _ fault: @autoclosure () -> String) throws {
        let fault = condition ? "" : fault()
        try #require(condition, "\(fault); \(place.rawValue)")
    }
}
