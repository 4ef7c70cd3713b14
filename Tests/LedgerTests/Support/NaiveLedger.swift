import Ledger

/// The rules of admission and settlement once more, written down without any regard for speed: every sum is added up
/// anew from the holds and charges it consists of.
struct NaiveLedger {
    struct Rule {
        let name: String
        let meter: Meter
        var limit: Int64?
        var perCall: Int64?
        var percent: Int64 = 100
        var per: [String] = []
        /// Nil: for ever.
        var windowSeconds: Int64?
    }

    struct Amount {
        let rule: Rule
        let account: String
        let amount: Int64
    }

    struct Account {
        /// By hold, while it is open.
        var holds: [Identifier: Int64] = [:]
        var charges: [Int64] = []

        var held: Int64 { holds.values.reduce(0, +) }
        var spent: Int64 { charges.reduce(0, +) }
    }

    enum Life: String {
        case open, committed, released, expired
    }

    struct Reservation {
        let openedAt: Int64
        var expiresAt: Int64
        let amounts: [Amount]
        var life = Life.open
        var endedAt: Int64 = 0
        /// What was committed in time, or late.
        var charged: Identifier?
        var chargedAt: Int64 = 0
    }

    var rules: [Rule]
    private(set) var accounts: [String: Account] = [:]
    private(set) var reservations: [Identifier: Reservation] = [:]

    init(_ rules: [Rule]) { self.rules = rules }

    static func account(_ name: String, _ values: [String], windowStart: Int64?) -> String {
        "\(name)(\(values.joined(separator: ",")))@\(windowStart.map(String.init) ?? "-")"
    }

    /// What a call asks of each rule that counts it; nil if it lacks a tag.
    func amounts(of call: Call, at now: Int64) -> [Amount]? {
        var amounts: [Amount] = []
        for rule in rules where rule.meter == .cost || (rule.meter == .toolCalls) == (call.tool != nil) {
            var values: [String] = []
            for tag in rule.per {
                guard let value = tag == "tool" ? call.tool : call.tags[tag] else { return nil }
                values.append(value)
            }
            let start = rule.windowSeconds.map { now - now % $0 }
            amounts.append(Amount(rule: rule, account: Self.account(rule.name, values, windowStart: start), amount: call.amounts[rule.meter]))
        }
        return amounts
    }

    /// The rules that refuse, each as often as it does.
    func refusing(_ amounts: [Amount]) -> [String] {
        amounts.flatMap { amount in
            var names: [String] = []
            if let perCall = amount.rule.perCall, amount.amount > perCall { names.append(amount.rule.name) }
            if let limit = amount.rule.limit {
                let account = accounts[amount.account] ?? Account()
                if (account.held + account.spent + amount.amount) * 100 > limit * amount.rule.percent { names.append(amount.rule.name) }
            }
            return names
        }
    }

    mutating func hold(_ id: Identifier, _ amounts: [Amount], at now: Int64, ttlSeconds: Int64) {
        let kept = amounts.filter { $0.rule.limit != nil }
        for amount in kept { accounts[amount.account, default: Account()].holds[id] = amount.amount }
        reservations[id] = Reservation(openedAt: now, expiresAt: now + ttlSeconds, amounts: kept)
    }

    mutating func charge(_ amounts: [Amount]) {
        for amount in amounts where amount.rule.limit != nil { accounts[amount.account, default: Account()].charges.append(amount.amount) }
    }

    /// Does what is asked of a reservation and says in one line what became of it.
    mutating func settle(_ id: Identifier, _ request: Settlement.Request, at now: Int64) -> String {
        guard var reservation = reservations[id] else { return "absent" }
        defer { reservations[id] = reservation }
        func end(_ life: Life) -> String {
            for amount in reservation.amounts { accounts[amount.account]?.holds[id] = nil }
            (reservation.life, reservation.endedAt) = (life, now)
            return "end \(life.rawValue)"
        }
        func book(_ charge: Amounts, _ fingerprint: Identifier) {
            for amount in reservation.amounts { accounts[amount.account]?.charges.append(charge[amount.rule.meter]) }
            (reservation.charged, reservation.chargedAt) = (fingerprint, now)
        }
        let conflict =
            reservation.charged != nil
            ? "conflict committed \(reservation.chargedAt)" : "conflict \(reservation.life.rawValue) \(reservation.endedAt)"
        switch (request, reservation.life) {
        case (.commit(let charge, let fingerprint), .open):
            book(charge, fingerprint)
            return end(.committed)
        case (.commit(let charge, let fingerprint), let life):
            guard let charged = reservation.charged else {
                book(charge, fingerprint)
                return "late"
            }
            return charged != fingerprint ? conflict : life == .committed ? "replay" : "replay late"
        case (.release, .open): return end(.released)
        case (.release, .released): return "replay"
        case (.expire, .open): return reservation.expiresAt <= now ? end(.expired) : "nothing"
        case (.expire, _): return "nothing"
        case (.extend(let ttlSeconds), .open):
            let latest = reservation.openedAt + 86_400
            guard now + ttlSeconds <= latest else { return "too long \(latest)" }
            reservation.expiresAt = max(reservation.expiresAt, now + ttlSeconds)
            return "extend \(reservation.expiresAt)"
        case (.release, _), (.extend, _): return conflict
        }
    }
}
