import Ledger
import Testing

@Suite("The order of recorded batches by what they knew")
struct EpochOrderTests {
    private typealias Batch = (name: String, epoch: Int64)

    private static func order(_ pages: [[Batch]], lookAhead: Int) -> [[String]] {
        var order = EpochOrder<Batch>(lookAhead: lookAhead)
        var given = pages.map { page in order.add(page) { $0.epoch }.map(\.name) }
        given.append(order.rest().map(\.name))
        return given
    }

    @Test("a batch that did not know of a change comes before those that did, and those of one epoch as they came")
    func sorted() {
        let given = Self.order([[("a", 1), ("b", 2), ("c", 1), ("d", 2)]], lookAhead: 2)
        #expect(given == [["a", "c", "b"], ["d"]])
    }

    @Test("a batch is given once none can come before it any more")
    func lookAhead() {
        let given = Self.order([[("a", 1), ("b", 2)], [("c", 1)], [("d", 3)], [("e", 3)]], lookAhead: 2)
        #expect(given == [[], ["a"], ["c", "b"], [], ["d", "e"]])
    }

    @Test("a batch that does not tell stays where it is")
    func untold() {
        let given = Self.order([[("a", 5), ("b", 0), ("c", 4), ("d", 6), ("e", 0)]], lookAhead: 5)
        #expect(given == [[], ["c", "a", "b", "d", "e"]])
    }
}
