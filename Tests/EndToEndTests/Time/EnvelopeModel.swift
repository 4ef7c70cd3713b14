/// What one envelope must do over its windows, as plainly as it can be said: a balance for each key and window, credit
/// that is carried, an alert at 80 %, a refusal beyond 100 %.
struct EnvelopeModel {
    struct Hold {
        let amount: Int64
        let window: Int
        let expiresAt: Moment
    }

    struct Balance {
        var carry: Int64 = 0
        var held: Int64 = 0
        var spent: Int64 = 0
        var isUsed = false
        var isAlerted = false
    }

    /// A `window.opened` event.
    struct Opening: Hashable {
        let start: String
        let missed: Int64
    }

    static let limit: Int64 = 25_000_000_000

    let name: String
    let zone: CivilZone
    /// The starts of its windows.
    let starts: [Moment]
    /// The most that is carried; nil: nothing is.
    let cap: Int64?
    /// By key and window.
    private(set) var balances: [String: [Int: Balance]] = [:]
    private(set) var holds: [String: (key: String, hold: Hold)] = [:]
    private(set) var openings: [Opening] = []
    private var recorded: Int?

    init(_ name: String, zone: CivilZone, starts: [Moment], cap: Int64?) {
        self.name = name
        self.zone = zone
        self.starts = starts
        self.cap = cap
    }

    func window(at now: Moment) -> Int { (starts.lastIndex { $0 <= now }) ?? 0 }

    func limit(_ balance: Balance) -> Int64 { Self.limit + balance.carry }

    // MARK: - Time

    /// The clock goes on: holds end, then windows open.
    mutating func advance(to now: Moment) {
        for (id, entry) in holds where entry.hold.expiresAt <= now {
            holds[id] = nil
            balances[entry.key]?[entry.hold.window]?.held -= entry.hold.amount
        }
        let current = window(at: now)
        if cap != nil {
            for key in balances.keys { carry(key, to: current) }
        } else if recorded != current {
            let last = balances.values.flatMap { $0.keys }.filter { $0 < current }.max()
            for (key, windows) in balances where last.flatMap({ windows[$0] })?.isUsed ?? false { open(key, current) }
        }
        guard recorded != current else { return }
        if let recorded { openings.append(Opening(start: starts[current].description, missed: Int64(current - recorded - 1))) }
        recorded = current
    }

    private mutating func open(_ key: String, _ window: Int) {
        if balances[key]?[window] == nil { balances[key, default: [:]][window] = Balance() }
    }

    /// Opens every window of a key up to this one, each with what the one before has left.
    private mutating func carry(_ key: String, to current: Int) {
        guard let cap, var window = balances[key]?.keys.max() else { return }
        while window < current {
            let balance = balances[key]?[window] ?? Balance()
            let left = limit(balance) - balance.held - balance.spent
            window += 1
            balances[key]?[window] = Balance(carry: min(cap, max(0, left)))
        }
    }

    // MARK: - Calls

    /// Whether a call is admitted; books it if so. Afterwards `note` names the hold.
    mutating func reserve(_ key: String, _ amount: Int64, at now: Moment) -> Bool {
        let current = window(at: now)
        carry(key, to: current)
        open(key, current)
        guard var balance = balances[key]?[current], balance.held + balance.spent + amount <= limit(balance) else { return false }
        balance.held += amount
        balance.isUsed = true
        if (balance.held + balance.spent) * 100 >= limit(balance) * 80 { balance.isAlerted = true }
        balances[key]?[current] = balance
        return true
    }

    mutating func note(_ id: String, _ key: String, _ amount: Int64, at now: Moment, ttlSeconds: Int64) {
        holds[id] = (key, Hold(amount: amount, window: window(at: now), expiresAt: now.adding(seconds: ttlSeconds)))
    }

    mutating func commit(_ id: String, _ cost: Int64) {
        guard let (key, hold) = holds.removeValue(forKey: id), var balance = balances[key]?[hold.window] else { return }
        balance.held -= hold.amount
        balance.spent += cost
        if cost > hold.amount, (balance.held + balance.spent) * 100 >= limit(balance) * 80 { balance.isAlerted = true }
        balances[key]?[hold.window] = balance
    }

    // MARK: - What must be there in the end

    /// Every balance: key, window, limit, held, spent, carried.
    var rows: Set<String> {
        Set(
            balances.flatMap { key, windows in
                windows.map { window, balance in
                    // A carry of nothing is not booked.
                    "\(name) \(key) \(starts[window]) \(starts[window + 1]) \(limit(balance)) \(balance.held) \(balance.spent) \(balance.carry)"
                }
            })
    }

    /// Every alert: key and window.
    var alerts: [String] {
        balances.flatMap { key, windows in windows.filter(\.value.isAlerted).map { "\(name) \(key) \(starts[$0.key])" } }.sorted()
    }
}
