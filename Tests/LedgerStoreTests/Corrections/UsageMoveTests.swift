import Ledger
import Testing

@testable import LedgerStore

@Suite("What is taken from which sums")
struct UsageMoveTests {
    private static func dimension(_ pairs: KeyValuePairs<String, String>, model: String? = "m") -> UsageDimension {
        UsageDimension(tags: Tags(pairs.map { Tags.Tag(name: $0.key, value: $0.value) }), model: model, tool: nil)
    }

    private static func sums(_ cost: Int64, calls: Int64 = 1) -> UsageSums { UsageSums(calls: calls, cost: cost) }

    @Test("the finest row first, then those that leave tags out; never more than a row has")
    func chain() throws {
        let full = Self.dimension(["custom": "x", "team_id": "a", "user_id": "u"])
        let chain = UsageMove.chain(full)
        #expect(chain.map { $0.tags.entries.map(\.name) } == [["custom", "team_id", "user_id"], ["team_id", "user_id"], ["team_id"], []])
        #expect(chain.map(\.model) == ["m", "m", "m", nil])
        #expect(UsageMove.chain(Self.dimension(["team_id": "a"])).count == 2)

        let places = chain.map { UsagePage.Place(start: 0, dimension: $0) }
        var rows = [places[0]: Self.sums(5), places[1]: Self.sums(2, calls: 0), places[3]: Self.sums(100, calls: 7)]
        let taken = UsageMove.taking([places[0]: Self.sums(10, calls: 3)], from: &rows)
        #expect(taken == [places[0]: Self.sums(5), places[1]: Self.sums(2, calls: 0), places[3]: Self.sums(3, calls: 2)])
        #expect(rows == [places[0]: Self.sums(0, calls: 0), places[1]: Self.sums(0, calls: 0), places[3]: Self.sums(97, calls: 5)])
        #expect(UsageMove.taking([UsagePage.Place(start: 3_600, dimension: full): Self.sums(1)], from: &rows).isEmpty)
    }
}
