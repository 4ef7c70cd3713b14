import Ledger
import Testing

@Suite("The price catalogue")
struct PriceBookTests {
    private static func entry(_ day: Int64, _ input: Int64) -> PriceBook.Entry {
        PriceBook.Entry(effectiveFrom: Timestamp(seconds: day * 86_400), price: ModelPrice(input: input, output: 0))
    }

    private static func inputs(_ book: PriceBook, _ days: [Int64]) -> [Int64?] {
        days.map { book.price(of: "m", at: Timestamp(seconds: $0 * 86_400))?.input }
    }

    @Test("the price in force is that of the latest effective date, in whichever order they came")
    func effectiveDates() {
        let entries = [Self.entry(10, 1), Self.entry(20, 2), Self.entry(30, 3)]
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            var book = PriceBook()
            for index in order { book.add(entries[index], model: "m") }
            #expect(Self.inputs(book, [9, 10, 15, 20, 25, 30, 99]) == [nil, 1, 1, 2, 2, 3, 3])
            #expect(book.entries["m"] == entries)
        }
    }

    @Test("a price begins at its very moment and not a microsecond before")
    func moment() {
        var book = PriceBook()
        book.add(Self.entry(10, 1), model: "m")
        let start = Timestamp(seconds: 864_000)
        #expect(book.price(of: "m", at: start) != nil)
        #expect(book.price(of: "m", at: Timestamp(microseconds: start.microseconds - 1)) == nil)
    }

    @Test("another price of the same moment takes the place of the first")
    func sameMoment() {
        var book = PriceBook()
        for (day, input) in [(10, 1), (20, 2), (10, 7)] as [(Int64, Int64)] { book.add(Self.entry(day, input), model: "m") }
        #expect(Self.inputs(book, [10, 19, 20]) == [7, 7, 2])
        #expect(book.entries["m"]?.count == 2)
    }

    @Test("prices stay as they are until the next one of any model begins")
    func validity() {
        func day(_ number: Int64) -> Timestamp { Timestamp(seconds: number * 86_400) }
        #expect(PriceBook().validity(at: day(1)) == .forever)
        for order in [[10, 20, 30], [30, 10, 20], [20, 30, 10]] as [[Int64]] {
            var book = PriceBook()
            for number in order + order { book.add(Self.entry(number, 1), model: "m \(number)") }
            #expect(book.validity(at: day(9)) == Window(start: nil, end: day(10)))
            #expect(book.validity(at: day(10)) == Window(start: day(10), end: day(20)))
            #expect(book.validity(at: day(29)) == Window(start: day(20), end: day(30)))
            #expect(book.validity(at: day(99)) == Window(start: day(30), end: nil))
        }
    }

    @Test("models do not share prices, and an unknown one has none")
    func models() {
        var book = PriceBook()
        book.add(Self.entry(0, 1), model: "gpt-5")
        #expect(book.price(of: "gpt-5", at: Timestamp(seconds: 1))?.input == 1)
        for model in ["gpt-5-mini", "GPT-5", "gpt-5 ", ""] { #expect(book.price(of: model, at: Timestamp(seconds: 1)) == nil) }
    }
}
