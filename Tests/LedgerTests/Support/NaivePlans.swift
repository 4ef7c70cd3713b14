import Ledger

/// Plans once more, written down without any regard for speed: every sum is added up anew from the holds and charges it
/// consists of, and every step is tried on every call. Windows never end here.
struct NaivePlans {
    struct Rule {
        let name: String
        let meter: Meter
        /// Counts the calls of this tier alone.
        var tier: String?
        var isPerUser = false
        var limit: Int64
        let plan: [PlanStep]
    }

    struct Account {
        let rule: String
        /// By hold, while it is open.
        var holds: [Identifier: Int64] = [:]
        var charges: [Int64] = []
        var adjusted: Int64 = 0
        /// The limit at the last fact.
        var recorded: Int64?
        var told: Set<Int64> = []
        var tier: String?

        var held: Int64 { holds.values.reduce(0, +) }
        var spent: Int64 { charges.reduce(0, +) }
    }

    struct Share {
        let account: String
        let rule: String
        let amount: Int64
    }

    enum Answer: Equatable {
        case admitted(String?)
        case refused([String])
        case unreachable(String)
    }

    let routes: Routes
    /// What a model costs that stands in for another.
    let prices: [String: Int64]
    var rules: [Rule]
    private(set) var accounts: [String: Account] = [:]
    private var events: [String] = []

    init(_ rules: [Rule], routes: Routes, prices: [String: Int64]) {
        (self.rules, self.routes, self.prices) = (rules, routes, prices)
    }

    /// What was set off since the last time.
    mutating func takeEvents() -> [String] {
        defer { events = [] }
        return events
    }

    private func limit(_ account: Account) -> Int64 {
        max(0, (rules.first { $0.name == account.rule }?.limit ?? 0) + account.adjusted)
    }

    private func account(_ share: Share) -> Account { accounts[share.account] ?? Account(rule: share.rule) }

    private func tier(_ model: String?, _ tool: String?) -> String? { model.flatMap(routes.tier(ofModel:)) ?? tool.flatMap(routes.tier(ofTool:)) }

    func shares(of call: Call, model: String?, cost: Int64) -> [Share] {
        var amounts = call.amounts
        amounts.cost = cost
        return rules.filter { rule in
            (rule.meter == .cost || (rule.meter == .toolCalls) == (call.tool != nil)) && (rule.tier == nil || rule.tier == tier(model, call.tool))
        }.map { rule in
            let user = rule.isPerUser ? "(\(call.tags["user_id"] ?? ""))" : ""
            return Share(account: rule.name + user, rule: rule.name, amount: amounts[rule.meter])
        }
    }

    /// The step that speaks for a share: of those that are exceeded the one with the highest percentage.
    private func speaking(_ share: Share) -> PlanStep? {
        let account = account(share)
        let used = account.held + account.spent + share.amount
        return rules.first { $0.name == share.rule }?.plan
            .filter { $0.action != .alert && used * 100 > ($0.at ?? 0) * limit(account) }.max { ($0.at ?? 0) < ($1.at ?? 0) }
    }

    private func isCheaper(_ tier: String, than model: String) -> Bool {
        (routes.tiers.firstIndex(of: tier) ?? 0) > routes.tiers.firstIndex(of: routes.models[model]?.tier ?? "") ?? -1
    }

    private func lowest(_ tiers: [String]) -> String? { routes.tiers.last { tiers.contains($0) } }

    /// Decides a call and keeps its hold.
    mutating func reserve(_ call: Call, _ id: Identifier) -> (answer: Answer, shares: [Share]) {
        var (model, cost) = (call.model, call.amounts.cost)
        var switched: [(Share, String)] = []
        while true {
            let shares = shares(of: call, model: model, cost: cost)
            let standing = lowest(shares.map(account).filter { limit($0) <= $0.recorded ?? .max }.compactMap(\.tier))
            let speaking = shares.map { ($0, self.speaking($0)) }
            var next: String?
            if let standing, let model, isCheaper(standing, than: model) {
                next = standing
            } else {
                let refusing = speaking.filter { $0.1?.action == .refuse || $0.1?.action == .requireApproval }
                guard refusing.isEmpty else { return (.refused(refusing.map { "\($0.0.account) \($0.1?.action.rawValue ?? "")" }), []) }
                let asked = lowest(speaking.compactMap { $0.1?.to })
                if let asked, let model, isCheaper(asked, than: model) {
                    next = asked
                    switched += speaking.compactMap { share, step in step?.to.map { (share, $0) } }
                }
            }
            guard let tier = next, var target = model else {
                for share in shares { book(share, hold: id) }
                for (share, tier) in switched { switchRoute(share, to: tier) }
                return (.admitted(model), shares)
            }
            while isCheaper(tier, than: target) {
                guard let cheaper = routes.models[target]?.downgradeTo else { return (.unreachable(tier), []) }
                target = cheaper
            }
            (model, cost) = (target, prices[target] ?? 0)
        }
    }

    private mutating func switchRoute(_ share: Share, to tier: String) {
        var account = account(share)
        guard account.tier == nil || lowest([account.tier ?? "", tier]) != account.tier else { return }
        account.tier = tier
        accounts[share.account] = account
        events.append("route.downgraded \(share.account) to \(tier)")
    }

    private mutating func book(_ share: Share, hold: Identifier? = nil, ends: Bool = false, charge: Int64? = nil) {
        var account = account(share)
        let before = account.held + account.spent
        if let hold { account.holds[hold] = ends ? nil : share.amount }
        if let charge { account.charges.append(charge) }
        look(&account, share.account, grew: account.held + account.spent > before)
        accounts[share.account] = account
    }

    private mutating func look(_ account: inout Account, _ name: String, grew: Bool) {
        let limit = limit(account)
        if let recorded = account.recorded, limit > recorded, let tier = account.tier {
            account.tier = nil
            events.append("route.restored \(name) to \(tier)")
        }
        account.recorded = limit
        guard grew else { return }
        for step in rules.first(where: { $0.name == account.rule })?.plan ?? [] where step.action == .alert {
            if let at = step.at, (account.held + account.spent) * 100 >= at * limit, account.told.insert(at).inserted {
                events.append("alert \(name) \(at) %")
            }
        }
    }

    mutating func end(_ id: Identifier, _ shares: [Share], charge: Amounts?) {
        for share in shares {
            let meter = rules.first { $0.name == share.rule }?.meter ?? .cost
            book(share, hold: id, ends: true, charge: charge?[meter])
        }
    }

    mutating func charge(_ call: Call) {
        for share in shares(of: call, model: call.model, cost: call.amounts.cost) { book(share, charge: share.amount) }
    }

    mutating func adjust(_ rule: Rule, _ name: String, by amount: Int64) {
        var account = accounts[name] ?? Account(rule: rule.name)
        account.adjusted += amount
        look(&account, name, grew: false)
        accounts[name] = account
        events.append("balance.adjusted \(name)")
    }
}
