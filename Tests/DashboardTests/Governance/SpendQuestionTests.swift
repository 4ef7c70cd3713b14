import Ledger
import Testing

@testable import Dashboard

@Suite("The spend explorer keeps its question in its address")
struct SpendQuestionTests {
    private static func question(_ query: String) throws -> SpendQuestion { SpendQuestion(try #require(Fields(urlEncoded: query.utf8))) }

    @Test("a filter that is added joins those that are there; a second one of its tag takes its place")
    func filters() throws {
        let question = try Self.question("group_by=team_id&where.team_id=a%26b&where.user_id=&filter=team_id&is=c")
        #expect(question.filters.map(\.name) == ["user_id", "team_id"] && question.filters.map(\.value) == ["", "c"])
        let asked = question.asked(.utc, limit: 5)
        #expect(asked.contains { $0.0 == "user_id" && $0.1 == "" } && asked.contains { $0.0 == "team_id" && $0.1 == "c" })
        #expect(question.exported == nil, "no export is without a tag")
    }

    @Test("its address asks the same again")
    func roundTrip() throws {
        let first = try Self.question("group_by=model&then_by=team_id&interval=week&from=2026-11-01&where.team_id=a%26b%3Dc+%25&after=x")
        let query = try #require(first.path.split(separator: "?").last)
        let second = try Self.question(String(query))
        #expect(second.path == first.path && second.groupBy == ["model", "team_id"] && second.filters.first?.value == "a&b=c %")
        #expect(second.with { $0.interval = "day" }.after == nil)
        // Nothing to group by is a question too, and an empty address is the first one.
        #expect(try Self.question("group_by=").groupBy.isEmpty && Self.question("").groupBy == ["team_id"])
        #expect(try Self.question("group_by=model&then_by=model").groupBy == ["model"])
    }

    @Test("a group leads to what is in it, by the next finer dimension")
    func further() throws {
        let question = try Self.question("group_by=team_id&interval=day&where.workflow_name=triage")
        let into = try #require(question.into(["team_id": "support"]))
        #expect(into.groupBy == ["agent_id"] && into.interval == "none" && into.filters.map(\.value) == ["triage", "support"])
        let none = try #require(question.into(["team_id": nil]))
        #expect(none.filters.last?.value == "")
        #expect(try Self.question("group_by=").into([:]) == nil)
    }
}
