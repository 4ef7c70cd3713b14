import Testing

@testable import Ledger

@Suite("Before and after a change")
struct WorkflowChangeTests {
    private static let first = Timestamp(seconds: 20_000 * 86_400)

    /// One result a day; the day's cost is given.
    private static func days(_ days: [(model: String?, cost: Int64)]) -> [WorkflowDay] {
        days.enumerated().map { index, day in
            var sums = WorkflowSums()
            sums.cost = day.cost
            sums.outcomes = 1
            return WorkflowDay(
                start: first.adding(seconds: Int64(index) * 86_400), sums: sums, calls: day.model.map { [$0: 10, "rare": 1] } ?? [:])
        }
    }

    @Test("a new model's days are compared with those before it")
    func model() throws {
        let days = Self.days([("old", 1), ("old", 1), (nil, 1), ("new", 3), ("new", 3)])
        let changes = WorkflowChange.list(days, policy: [], workflow: nil)
        let change = try #require(changes.first)
        #expect(changes.count == 1 && change.kind == .model && change.what == "old → new")
        #expect(change.at == Self.first.adding(seconds: 3 * 86_400))
        #expect(change.before.sums.outcomes == 3 && change.before.costPerOutcome == 1)
        #expect(change.after.sums.outcomes == 2 && change.after.costPerOutcome == 3)
        #expect(change.after.change(from: change.before) == 20_000)
    }

    @Test("the day on which a policy came is on neither side, and another change ends a side")
    func policy() throws {
        let days = Self.days([("old", 1), ("old", 9), ("old", 2), ("old", 2), ("new", 5), ("new", 5)])
        let mark = WorkflowChange.Mark(.policy, at: Self.first.adding(seconds: 86_400 + 3_600), what: "version 2")
        let changes = WorkflowChange.list(days, policy: [mark], workflow: nil)
        #expect(changes.map(\.kind) == [.policy, .model])
        #expect(changes.map(\.before.sums.cost) == [1, 4])
        #expect(changes.map(\.after.sums.cost) == [4, 10])
    }

    @Test("a model that makes fewer than half of the calls changes nothing")
    func minority() {
        var days = Self.days([("old", 1), ("old", 1)])
        days[1].calls = ["old": 6, "new": 5]
        #expect(WorkflowChange.list(days, policy: [], workflow: nil).isEmpty)
        days[1].calls = ["old": 5, "new": 6]
        #expect(WorkflowChange.list(days, policy: [], workflow: nil).count == 1)
    }
}
