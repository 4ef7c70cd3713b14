import Ledger
import Testing

@Suite("The order of recorded batches")
struct FactOrderTests {
    private static let a = Identifier(high: 0, low: 1)
    private static let b = Identifier(high: 0, low: 2)

    private static func span(_ balance: Identifier, _ versions: ClosedRange<Int64>) -> FactOrder<String>.Span {
        FactOrder<String>.Span(balance: balance, first: versions.lowerBound, last: versions.upperBound)
    }

    @Test("batches that follow one another come as they are")
    func straight() {
        var order = FactOrder<String> { _ in 0 }
        #expect(order.add("1", spans: [Self.span(Self.a, 1...2)]) == ["1"])
        #expect(order.add("2", spans: []) == ["2"])
        #expect(order.add("3", spans: [Self.span(Self.a, 3...3), Self.span(Self.b, 1...1)]) == ["3"])
        #expect(order.rest().isEmpty)
    }

    @Test("a batch waits for the versions before it, and who waits for it comes right after")
    func waits() {
        var order = FactOrder<String> { _ in 0 }
        #expect(order.add("third", spans: [Self.span(Self.a, 3...3), Self.span(Self.b, 2...2)]).isEmpty)
        #expect(order.add("second", spans: [Self.span(Self.a, 2...2)]).isEmpty)
        #expect(order.add("other", spans: [Self.span(Self.b, 1...1)]) == ["other"])
        #expect(order.add("first", spans: [Self.span(Self.a, 1...1)]) == ["first", "second", "third"])
    }

    @Test("a balance that began before counts on from there")
    func started() {
        var order = FactOrder<String> { $0 == Self.a ? 7 : 0 }
        #expect(order.add("late", spans: [Self.span(Self.a, 9...9)]).isEmpty)
        #expect(order.add("next", spans: [Self.span(Self.a, 8...8)]) == ["next", "late"])
    }

    @Test("what waits for versions that never come is given at the end, as it came")
    func rest() {
        var order = FactOrder<String> { _ in 0 }
        #expect(order.add("1", spans: [Self.span(Self.a, 5...5)]).isEmpty)
        #expect(order.add("2", spans: [Self.span(Self.b, 5...5)]).isEmpty)
        #expect(order.add("3", spans: [Self.span(Self.a, 6...6)]).isEmpty)
        #expect(order.rest() == ["1", "2", "3"])
    }
}
