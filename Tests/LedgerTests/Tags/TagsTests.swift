import Ledger
import Testing

@Suite("The labels of a call")
struct TagsTests {
    private static func tags(_ pairs: KeyValuePairs<String, String>) -> Tags {
        Tags(pairs.map { Tags.Tag(name: $0.key, value: $0.value) })
    }

    @Test("the order in which they are written does not matter")
    func order() {
        let tags = Self.tags(["user_id": "u-17", "agent_id": "triage-7", "team_id": "support"])
        #expect(tags == Self.tags(["team_id": "support", "user_id": "u-17", "agent_id": "triage-7"]))
        #expect(tags.entries.map(\.name) == ["agent_id", "team_id", "user_id"])
        #expect(tags != Self.tags(["team_id": "support", "user_id": "u-17", "agent_id": "triage-8"]))
    }

    @Test("of two with one name the later wins")
    func twice() {
        let tags = Self.tags(["team_id": "a", "run_id": "r", "team_id": "b"])
        #expect(tags["team_id"] == "b")
        #expect(tags.entries.count == 2)
    }

    @Test("are set, changed and removed by name")
    func subscripts() {
        var tags = Tags()
        #expect(tags.isEmpty)
        for name in ["m", "z", "a"] { tags[name] = "1" }
        tags["z"] = "2"
        tags["m"] = nil
        tags["absent"] = nil
        #expect(tags.entries == [Tags.Tag(name: "a", value: "1"), Tags.Tag(name: "z", value: "2")])
        #expect(tags["m"] == nil)
        #expect(!tags.isEmpty)
    }

    @Test("contain others where every value agrees")
    func contains() {
        let tags = Self.tags(["team_id": "support", "agent_id": "a"])
        #expect(tags.contains(Tags()))
        #expect(tags.contains(Self.tags(["team_id": "support"])))
        #expect(tags.contains(tags))
        #expect(!tags.contains(Self.tags(["team_id": "sales"])))
        #expect(!tags.contains(Self.tags(["user_id": "u"])))
        #expect(!tags.contains(Self.tags(["team_id": "support", "user_id": "u"])))
    }

    @Test("names are lower-case words", arguments: ["a", "team_id", "step2", "x_", "a__b", String(repeating: "a", count: 63)])
    func goodNames(name: String) {
        #expect(Tags.isValid(name: name))
    }

    @Test(
        "other names are refused",
        arguments: ["", "_a", "2a", "A", "teamId", "team-id", "team id", "team.id", "é", "a\0", "a\n", "tag/x", String(repeating: "a", count: 64)])
    func badNames(name: String) {
        #expect(!Tags.isValid(name: name))
    }

    @Test("only a workflow's own name, or nothing, is on all of its calls")
    func workflow() {
        let name = Tags.Tag(name: "workflow_name", value: "w")
        #expect(Tags().areOfAll(workflow: "w") && Tags([name]).areOfAll(workflow: "w"))
        #expect(!Tags([name]).areOfAll(workflow: "v"))
        for tags in [[name, Tags.Tag(name: "team_id", value: "t")], [Tags.Tag(name: "team_id", value: "w")]] {
            #expect(!Tags(tags).areOfAll(workflow: "w"))
        }
    }
}
