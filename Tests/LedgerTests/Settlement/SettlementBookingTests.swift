import Ledger
import Testing

@Suite("What the end of a hold does to its balances")
struct SettlementBookingTests {
    private static let money = Envelope(name: "money", meter: .cost, limit: 1_000)
    private static let tokens = Envelope(name: "tokens", meter: .tokens, limit: 100)

    private static func amounts(_ till: Till, _ envelope: String) -> [Int64] {
        till.balance(envelope).map { [$0.held, $0.spent] } ?? []
    }

    @Test("a commit books what was used on each balance in its own meter, and gives the rest back")
    func commit() throws {
        var till = Till(Self.money, Self.tokens, Envelope(name: "calls", meter: .modelCalls, limit: 5))
        let hold = try till.reserve(Call(cost: 300, tokens: 50)).hold
        let booked = till.settle(hold, charge: Amounts(cost: 120, tokens: 60, modelCalls: 1))
        let entries = try #require(booked)
        #expect(entries.map(\.heldChange) == [-300, -50, -1])
        #expect(entries.map(\.spentChange) == [120, 60, 1])
        #expect(Self.amounts(till, "money") == [0, 120])
        #expect(Self.amounts(till, "tokens") == [0, 60])
        #expect(Self.amounts(till, "calls") == [0, 1])
    }

    @Test("a release gives everything back, and is a fact of its own")
    func release() throws {
        var till = Till(Self.money)
        let hold = try till.reserve(Call(cost: 300)).hold
        let entry = try #require(till.settle(hold, charge: .zero)?.first)
        #expect(entry.version == 2 && entry.heldChange == -300 && entry.spentChange == 0)
        #expect(Self.amounts(till, "money") == [0, 0])
    }

    @Test("a commit is booked beyond the limit, however full the envelope is")
    func overrun() throws {
        var till = Till(Self.money)
        let hold = try till.reserve(Call(cost: 100)).hold
        _ = try till.reserve(Call(cost: 900))
        let booked = till.settle(hold, charge: Amounts(cost: 5_000))
        let entries = try #require(booked)
        #expect(Self.amounts(till, "money") == [900, 5_000])
        #expect(Self.overrun(entries, [.cost], of: Amounts(cost: 5_000)) == Amounts(cost: 4_900))
        #expect(try till.reserve(Call(cost: 1)).decision.isAdmitted == false)
    }

    @Test("an overrun is the largest among a meter's balances, and never more than the charge")
    func largestOverrun() throws {
        var till = Till(Self.money, Envelope(name: "small", meter: .cost, limit: 400), Self.tokens)
        _ = try till.charge(Call(cost: 2_000, tokens: 10))
        let hold = try till.reserve(Call(cost: 0, tokens: 0)).hold
        #expect(hold.shares.isEmpty, "the envelopes are above their limits already")
        let charge = Amounts(cost: 30, tokens: 20, modelCalls: 1)
        let entries = try #require(try till.charge(Call(cost: 30, tokens: 20)))
        #expect(Self.overrun(entries, [.cost, .cost, .tokens], of: charge) == Amounts(cost: 30))
        #expect(Self.overrun([], [], of: charge) == .zero)
    }

    private static func overrun(_ entries: [Entry], _ meters: [Meter], of charge: Amounts) -> Amounts {
        Settlement.overrun(
            of: charge,
            excesses: zip(meters, entries).map { ($0, Settlement.excess(held: $1.held, spent: $1.spent, limit: $1.limit)) })
    }

    @Test("a late charge books its spending and gives nothing back a second time")
    func late() throws {
        var till = Till(Self.money, Self.tokens)
        let hold = try till.reserve(Call(cost: 300, tokens: 50)).hold
        _ = try till.reserve(Call(cost: 100, tokens: 10))
        _ = till.settle(hold, charge: .zero)
        let booked = till.settle(hold, charge: Amounts(cost: 250, tokens: 40), late: true)
        let entries = try #require(booked)
        #expect(entries.map(\.heldChange) == [0, 0])
        #expect(Self.amounts(till, "money") == [100, 250])
        #expect(Self.amounts(till, "tokens") == [10, 40])
    }

    @Test("a hold settles on the balances it was made on, after its envelope and its window are gone")
    func oldBalances() throws {
        var till = Till(Envelope(name: "day", meter: .cost, limit: 1_000, windowRule: WindowRule(.day)))
        let (today, tomorrow) = (try at("2026-11-21T23:59:00Z"), try at("2026-11-22T00:01:00Z"))
        let hold = try till.reserve(Call(cost: 300), at: today).hold
        #expect(try till.reserve(Call(cost: 1_000), at: tomorrow).decision.isAdmitted)
        _ = till.settle(hold, charge: Amounts(cost: 200), at: tomorrow)
        #expect(till.book.balances.map(\.held) == [0, 1_000])
        #expect(till.book.balances.map(\.spent) == [200, 0])
        let second = try till.reserve(Call(cost: 0), at: tomorrow).hold
        till.policy = .empty
        let entry = try #require(till.settle(second, charge: Amounts(cost: 7), at: tomorrow)?.first)
        #expect(entry.spent == 7 && entry.limit == 1_000)
    }

    @Test("a direct charge is booked on every envelope that matches, whatever its plan or per_call says")
    func direct() throws {
        var till = Till(
            Envelope(name: "money", meter: .cost, limit: 10, perCall: 5), Self.tokens, Envelope(name: "single", meter: .cost, limit: nil, perCall: 1))
        let entries = try #require(try till.charge(Call(cost: 25, tokens: 7)))
        #expect(entries.map(\.spentChange) == [25, 7])
        #expect(Self.amounts(till, "money") == [0, 25])
        #expect(Self.amounts(till, "tokens") == [0, 7])
        #expect(till.book.balances.count == 2)
    }

    @Test("a charge that a balance cannot hold is refused as a whole")
    func tooLarge() throws {
        var till = Till(Self.tokens, Envelope(name: "money", meter: .cost, limit: .max))
        _ = try till.charge(Call(cost: .max, tokens: 1))
        let before = till.book.balances
        #expect(try till.charge(Call(cost: 1, tokens: 1)) == nil)
        #expect(till.book.balances == before)
    }
}
