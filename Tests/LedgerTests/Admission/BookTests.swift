import Ledger
import Testing

@Suite("The book of a batch")
struct BookTests {
    private static let ids = (0..<3).map { Identifier(high: 9, low: UInt64($0)) }
    private static let fact = Identifier(high: 3, low: 1)
    private static let now = Timestamp(seconds: 100)

    private static func book(held: Int64 = 0, spent: Int64 = 0) -> Book {
        Book(ids.map { Balance(id: $0, limit: 1_000, held: held, spent: spent, changedAt: now) })
    }

    private static func identity(_ balance: Identifier) -> BalanceIdentity {
        BalanceIdentity(id: balance, envelope: "a", meter: .cost, rule: "", names: [], values: [], window: .forever)
    }

    private static func change(_ balance: Identifier, held: Int64, spent: Int64) -> Settlement.Change {
        Settlement.Change(identity: identity(balance), envelope: nil, held: held, spent: spent)
    }

    @Test("finds balances by id")
    func slots() {
        let book = Self.book()
        #expect(Self.ids.map { book.slot(of: $0) } == [0, 1, 2])
        #expect(book.slot(of: .none) == nil)
    }

    @Test("tells which balances were changed")
    func changed() {
        var book = Self.book()
        _ = book.book(slot: 1, held: 5, spent: 0, limit: 1_000, fact: Self.fact, at: Self.now)
        #expect(book.changed == [false, true, false])
    }

    @Test(
        "changes nothing where a sum would not fit or fall below zero",
        arguments: [
            (0, 0, -1, 0), (10, 0, -11, 0), (0, 10, 0, -11), (.max, 0, 1, 0), (0, .max, 0, 1), (.max, 0, 0, 1), (1, .max - 1, 1, 0), (0, 0, .max, 1),
            (.max, 0, .max, .max),
        ] as [(Int64, Int64, Int64, Int64)])
    func refuses(held: Int64, spent: Int64, heldChange: Int64, spentChange: Int64) {
        var book = Self.book(held: held, spent: spent)
        let before = book.balances
        #expect(book.book(slot: 0, held: heldChange, spent: spentChange, limit: 5, fact: Self.fact, at: Self.now) == nil)
        #expect(book.balances == before)
        #expect(book.changed == [false, false, false])
    }

    @Test("a charge that does not fit one balance leaves all of them as they were, and unchanged")
    func takesBack() {
        let changes = Self.ids.map { Self.change($0, held: -10, spent: 11) }
        var book = Book(
            Self.ids.enumerated().map { Balance(id: $1, limit: 1_000, held: 10, spent: $0 == 2 ? .max - 10 : 0, changedAt: Self.now) })
        let before = book.balances
        #expect(Settlement.book(changes, fact: Self.fact, book: &book, at: Self.now) == nil)
        #expect(book.balances == before)
        #expect(book.changed == [false, false, false])
        // A balance that an earlier decision changed stays among those to write.
        _ = book.book(slot: 0, held: 1, spent: 0, limit: 1_000, fact: Self.fact, at: Self.now)
        #expect(Settlement.book(changes, fact: Self.fact, book: &book, at: Self.now) == nil)
        #expect(book.changed == [true, false, false])
    }

    @Test("a hold whose balance is not here is not booked in part")
    func absentBalance() {
        let changes = [Self.ids[0], .none].map { Self.change($0, held: 0, spent: 1) }
        var book = Self.book()
        let before = book.balances
        #expect(Settlement.book(changes, fact: Self.fact, book: &book, at: Self.now) == nil)
        #expect(book.balances == before)
        #expect(book.changed == [false, false, false])
        // Nor is a hold one of whose balances nobody knows.
        let shares = Self.ids.map { Hold.Share(balance: $0, meter: .cost, amount: 0) }
        let hold = Hold(id: Self.fact, openedAt: Self.now, amounts: .zero, shares: shares)
        let unknown = Settlement.changes(of: hold, charge: Amounts(cost: 1), late: false) { id in
            id == Self.ids[2] ? nil : (Self.identity(id), nil)
        }
        #expect(unknown == nil)
    }

    @Test("time never goes back within a balance")
    func time() {
        var book = Self.book()
        _ = book.book(slot: 0, held: 1, spent: 0, limit: 1, fact: Self.fact, at: Timestamp(seconds: 50))
        #expect(book.balances[0].changedAt == Self.now)
        _ = book.book(slot: 0, held: 1, spent: 0, limit: 1, fact: Self.fact, at: Timestamp(seconds: 150))
        #expect(book.balances[0].changedAt == Timestamp(seconds: 150))
    }
}
