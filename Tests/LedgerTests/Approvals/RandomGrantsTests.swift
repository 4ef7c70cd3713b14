import Ledger
import Testing

@Suite("Many grants of one run")
struct RandomGrantsTests {
    /// One grant after the other, each with what was drawn from it.
    private struct Naive {
        var grants: [(end: Int64, amount: Int64, drawn: Int64)] = []

        var left: Int64 { grants.reduce(0) { $0 + $1.amount - $1.drawn } }

        mutating func draw(_ amount: Int64) {
            var rest = amount
            for index in grants.indices {
                let part = min(rest, grants[index].amount - grants[index].drawn)
                grants[index].drawn += part
                rest -= part
            }
        }

        mutating func grant(_ amount: Int64, until end: Int64) {
            grants.append((end, amount, 0))
        }
    }

    @Test("draws take from the one that ends first, and an end takes back just what is left of it", arguments: 0..<20)
    func firstEndsFirst(run: Int) throws {
        var random = SplitMix64.announced("Grants \(run)")
        var till = Till(Envelope(name: "total", meter: .cost, limit: 0, plan: [.requireApproval(100)]))
        let tags: KeyValuePairs = ["run_id": "r"]
        let question = try #require(try till.ask(Call(tags, cost: 1)).first)
        var naive = Naive()
        var (now, drawn, granted) = (Int64(0), Int64(0), Int64(0))
        for step in 0..<300 {
            let context: Comment = "seed \(random.seed), run \(run), step \(step)"
            switch random.number(0...9) {
            case 0..<3:
                // Each ends after those before it, so that what was drawn before cannot count as drawn from it.
                let end = max(now, naive.grants.last?.end ?? 0) + random.number(1...20) * 1_000
                let amount = random.number(1...100)
                till.grant(amount, for: question, until: Timestamp(microseconds: end), at: Timestamp(microseconds: now))
                naive.grant(amount, until: end)
                granted += amount
            case 3..<5:
                now += random.number(1...30) * 1_000
                till.endGrants(at: Timestamp(microseconds: now))
                naive.grants.removeAll { $0.end <= now }
            default:
                let amount = random.chance(20) ? naive.left + random.number(0...1) : random.number(1...40)
                guard amount > 0 else { continue }
                let reserved = try till.reserve(Call(tags, cost: amount), at: Timestamp(microseconds: now))
                #expect(reserved.decision.isAdmitted == (amount <= naive.left), context)
                guard reserved.decision.isAdmitted else { continue }
                naive.draw(amount)
                drawn += amount
                if random.chance(50) { _ = till.settle(reserved.hold, charge: Amounts(cost: amount), at: Timestamp(microseconds: now)) }
            }
            let balance = till.balance(of: question) ?? Balance(id: .none, limit: 0, changedAt: Timestamp(seconds: 0))
            #expect(Int64(balance.limit) - Int64(balance.used) == naive.left, context)
            #expect(balance.used == Int128(drawn), context)
            #expect((balance.marks.nextExpiry?.microseconds) == naive.grants.first?.end, context)
        }
        #expect(drawn > 0 && drawn <= granted)
    }

    @Test("in whatever order they end, and whatever comes back: never more than was granted, never after the last one", arguments: 0..<20)
    func bounds(run: Int) throws {
        var random = SplitMix64.announced("Grants in any order \(run)")
        var till = Till(Envelope(name: "total", meter: .cost, limit: 0, plan: [.requireApproval(100)]))
        let tags: KeyValuePairs = ["run_id": "r"]
        let question = try #require(try till.ask(Call(tags, cost: 1)).first)
        var ends: [Int64] = []
        var holds: [(hold: Hold, amount: Int64)] = []
        var (now, used, granted) = (Int64(0), Int64(0), Int64(0))
        for step in 0..<300 {
            let context: Comment = "seed \(random.seed), run \(run), step \(step)"
            switch random.number(0...9) {
            case 0..<2:
                let (amount, seconds) = (random.number(1...100), random.number(1...50))
                till.grant(amount, for: question, until: Timestamp(seconds: now + seconds), at: Timestamp(seconds: now))
                ends.append(now + seconds)
                granted += amount
            case 2..<4:
                now += random.number(1...20)
                till.endGrants(at: Timestamp(seconds: now))
                ends.removeAll { $0 <= now }
            case 4..<6:
                guard let (hold, amount) = holds.popLast() else { continue }
                let charge = random.number(0...amount)
                _ = till.settle(hold, charge: Amounts(cost: charge), at: Timestamp(seconds: now))
                used -= amount - charge
            default:
                let amount = random.number(1...40)
                let reserved = try till.reserve(Call(tags, cost: amount), at: Timestamp(seconds: now))
                guard reserved.decision.isAdmitted else { continue }
                #expect(!ends.isEmpty, context)
                holds.append((reserved.hold, amount))
                used += amount
            }
            guard let balance = till.balance(of: question) else { continue }
            #expect(balance.used == Int128(used) && used <= granted, context)
            #expect(balance.used <= Int128(balance.limit) && balance.limit <= granted, context)
            #expect(balance.limit <= balance.marks.adjusted && (balance.marks.nextExpiry == nil) == ends.isEmpty, context)
            #expect(Int128(balance.limit) - balance.used <= Int128(balance.marks.granted), "no more is left than what lasts gave; \(context)")
            #expect((balance.marks.granted == 0) == ends.isEmpty, context)
        }
    }
}
