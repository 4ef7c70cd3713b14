import Ledger
import Testing

@Suite("What an import would change")
struct PriceChangesTests {
    private static func price(_ input: Int64, tier: Int64? = nil) -> ModelPrice {
        ModelPrice(input: input, output: 0, tiers: tier.map { [ContextTier(aboveInputTokens: 200_000, input: $0)] } ?? [])
    }

    private static func day(_ day: Int64) -> Timestamp { Timestamp(seconds: day * 86_400) }

    private static let book: PriceBook = {
        var book = PriceBook()
        book.add(PriceBook.Entry(effectiveFrom: day(10), price: price(1, tier: 2)), model: "a")
        book.add(PriceBook.Entry(effectiveFrom: day(20), price: price(5)), model: "a")
        book.add(PriceBook.Entry(effectiveFrom: day(10), price: price(1)), model: "b")
        return book
    }()

    @Test("changes are compared with the price in force at the moment, and come by model")
    func compared() {
        let file = ["c": Self.price(1), "a": Self.price(5), "b": Self.price(1)]
        let change = PriceChange(model: "a", old: Self.price(1, tier: 2), new: Self.price(5))
        #expect(Self.book.changes(to: file, at: Self.day(15)) == [change, PriceChange(model: "c", old: nil, new: Self.price(1))])
        #expect(Self.book.changes(to: file, at: Self.day(25)).map(\.model) == ["c"])
        #expect(Self.book.changes(to: file, at: Self.day(9)).map(\.old) == [nil, nil, nil])
    }

    @Test("a price that differs in a tier only is a change")
    func tiers() {
        #expect(Self.book.changes(to: ["a": Self.price(1, tier: 3)], at: Self.day(15)).count == 1)
        #expect(Self.book.changes(to: ["a": Self.price(1)], at: Self.day(15)).count == 1)
        #expect(Self.book.changes(to: ["a": Self.price(1, tier: 2)], at: Self.day(15)).isEmpty)
    }

    @Test("the price of the very same moment stays as it is")
    func sameMoment() {
        #expect(Self.book.changes(to: ["b": Self.price(9)], at: Self.day(10)).isEmpty)
        #expect(Self.book.changes(to: ["b": Self.price(9)], at: Timestamp(microseconds: Self.day(10).microseconds + 1)).count == 1)
    }
}
