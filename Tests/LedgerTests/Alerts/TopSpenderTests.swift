import Ledger
import Testing

@Suite("Who used most of a balance lately")
struct TopSpenderTests {
    private static func change(_ amount: Int64, _ agent: String?) -> UseChange {
        UseChange(at: Timestamp(seconds: 0), amount: amount, spender: agent.map { Subject(kind: .agent, id: $0) })
    }

    @Test("what each used in all, the largest first, with its share of everything that was used")
    func ranking() {
        let top = TopSpender.rank([
            Self.change(10, "b"), Self.change(30, "a"), Self.change(-5, "a"), Self.change(40, nil), Self.change(25, "c"), Self.change(-3, "d"),
        ])
        #expect(top.map(\.spender.id) == ["a", "c", "b"], "of equals the names decide")
        #expect(top.map(\.amount) == [25, 25, 10])
        #expect(top.map(\.share) == [2_500, 2_500, 1_000])
    }

    @Test("five at most, and none where nothing was used")
    func bounds() {
        #expect(TopSpender.rank((1...9).map { Self.change(Int64($0), "agent \($0)") }).map(\.amount) == [9, 8, 7, 6, 5])
        #expect(TopSpender.rank([]).isEmpty)
        #expect(TopSpender.rank([Self.change(0, "a"), Self.change(-4, "b")]).isEmpty)
        #expect(TopSpender.rank([Self.change(.max, "a"), Self.change(.max, "a")]).map(\.amount) == [.max])
    }

    @Test("the agent before the user before the run; an empty tag names nobody")
    func subject() {
        #expect(TopSpender.subject(agent: "a", user: "u", run: "r") == Subject(kind: .agent, id: "a"))
        #expect(TopSpender.subject(agent: "", user: "u", run: "r") == Subject(kind: .user, id: "u"))
        #expect(TopSpender.subject(agent: nil, user: nil, run: "r") == Subject(kind: .run, id: "r"))
        #expect(TopSpender.subject(agent: nil, user: nil, run: nil) == nil)
    }
}
