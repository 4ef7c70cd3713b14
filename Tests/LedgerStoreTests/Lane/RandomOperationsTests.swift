import Ledger
import LedgerStore
import TestSupport
import Testing

/// The same random operations against a plain model and against the store.
@Suite("Random operations, against a plain model")
struct RandomOperationsTests {
    /// What the store must do, said as simply as possible: one envelope for all, one a team, without windows.
    private struct Model {
        struct Hold {
            let team: String
            let amount: Int64
            var expiresAt: Int64
            var ended: String?
            var isLate = false
        }

        let limits = (total: Int64(60_000_000_000), team: Int64(25_000_000_000))
        var now: Int64 = 0
        var holds: [Identifier: Hold] = [:]
        var held: [String: Int64] = [:]
        var spent: [String: Int64] = [:]

        func used(_ team: String) -> Int64 { held[team, default: 0] + spent[team, default: 0] }

        var total: Int64 { held.values.reduce(0, +) + spent.values.reduce(0, +) }

        func admits(_ amount: Int64, _ team: String) -> Bool { total + amount <= limits.total && used(team) + amount <= limits.team }

        mutating func open(_ id: Identifier, _ amount: Int64, _ team: String, ttl: Int64) {
            holds[id] = Hold(team: team, amount: amount, expiresAt: now + ttl)
            held[team, default: 0] += amount
        }

        mutating func end(_ id: Identifier, as state: String, spending cost: Int64 = 0) {
            guard let hold = holds[id] else { return }
            held[hold.team, default: 0] -= hold.amount
            spent[hold.team, default: 0] += cost
            holds[id]?.ended = state
        }

        /// The name of the outcome of a commit.
        mutating func commit(_ id: Identifier, _ cost: Int64) -> String {
            guard let hold = holds[id] else { return "not found" }
            switch hold.ended {
            case nil:
                end(id, as: "committed", spending: cost)
                return "committed"
            case "committed": return "already settled"
            default:
                if hold.isLate { return "already settled" }
                holds[id]?.isLate = true
                spent[hold.team, default: 0] += cost
                return "late"
            }
        }

        mutating func release(_ id: Identifier) -> String {
            guard let hold = holds[id] else { return "not found" }
            switch hold.ended {
            case nil:
                end(id, as: "released")
                return "released"
            case "released": return "replayed"
            default: return "already settled"
            }
        }

        mutating func extend(_ id: Identifier, ttl: Int64) -> String {
            guard let hold = holds[id] else { return "not found" }
            guard hold.ended == nil else { return "already settled" }
            holds[id]?.expiresAt = max(hold.expiresAt, now + ttl)
            return "extended"
        }

        mutating func expire() -> Int {
            let due = holds.filter { $0.value.ended == nil && $0.value.expiresAt <= now }.map(\.key)
            for id in due { end(id, as: "expired") }
            return due.count
        }
    }

    private static let policy = """
        envelopes:
          - { name: total, meter: cost, limit: "60" }
          - { name: team, per: [team_id], meter: cost, limit: "25" }
        """

    @Test("every outcome and every balance is what the model says", arguments: 0..<4)
    func sequence(run: Int) async throws {
        var random = SplitMix64.announced("Random operations \(run)")
        try await TestLedger.with(policy: Self.policy) { ledger in
            var model = Model()
            for step in 0..<150 {
                let context = Comment(rawValue: "seed \(random.seed), run \(run), step \(step)")
                let (outcome, expected) = try await Self.step(step, &random, &model, ledger)
                #expect(outcome == expected, context)
            }
            let rows = try ledger.database.texts(
                "SELECT \"values\"[1] || ' ' || held || ' ' || spent FROM balances WHERE envelope = 'team' AND version > 0 ORDER BY 1")
            let teams = Set(model.held.keys).union(model.spent.keys).sorted()
            #expect(rows == teams.map { "\($0) \(model.held[$0, default: 0]) \(model.spent[$0, default: 0])" }, "seed \(random.seed)")
            #expect(try ledger.rows("total").map { $0.held + $0.spent } == [model.total], "seed \(random.seed)")
        }
    }

    /// Does one operation in both worlds; the names of what became of it in the store and in the model.
    private static func step(
        _ step: Int, _ random: inout SplitMix64, _ model: inout Model, _ ledger: TestLedger
    ) async throws -> (String, String) {
        let team = random.one(of: ["a", "b", "c"])
        let known = Array(model.holds.keys.sorted().suffix(12))
        let id = known.isEmpty || random.chance(3) ? Identifier.fresh(at: ledger.now) : random.one(of: known)
        // In nano-units another amount each time, so that no commit repeats another.
        let amount = random.number(0...12) * 1_000_000_000 + Int64(step)
        let seconds = random.number(1...300)
        switch random.number(0...99) {
        case 0..<40:
            let call = ledger.call(Money(nanos: amount).description, ["team_id": team], ttlSeconds: seconds)
            let outcome = try await ledger.submit(.reserve(call))
            let expected = model.admits(amount, team) ? "admitted" : "exhausted"
            if let hold = outcome.admitted { model.open(hold.id, amount, team, ttl: seconds) }
            return (outcome.name, expected)
        case 40..<60: return (try await ledger.commit(id, Money(nanos: amount).description).name, model.commit(id, amount))
        case 60..<70: return (try await ledger.settle(id, .release(reason: nil)).name, model.release(id))
        case 70..<80: return (try await ledger.settle(id, .extend(ttlSeconds: seconds)).name, model.extend(id, ttl: seconds))
        case 80..<85:
            let outcome = try await ledger.charge(Money(nanos: amount / 4).description, ["team_id": team])
            model.spent[team, default: 0] += amount / 4
            return (outcome.name, "committed")
        default:
            try await ledger.advance(seconds: seconds)
            model.now += seconds
            return ("\(try await ledger.store.holds.expireDue().due) expired", "\(model.expire()) expired")
        }
    }
}
