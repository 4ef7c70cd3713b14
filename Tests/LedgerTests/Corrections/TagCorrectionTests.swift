import Ledger
import Testing

@Suite("Corrections of tags")
struct TagCorrectionTests {
    private static func tags(_ pairs: KeyValuePairs<String, String>) -> Tags { Tags(pairs.map { Tags.Tag(name: $0.key, value: $0.value) }) }

    private static let sent = tags(["team_id": "red", "project": "old", "run_id": "r"])

    @Test("what is set is set, what is removed is gone, all else stays")
    func merge() {
        let correction = TagCorrection(set: Self.tags(["team_id": "blue", "cost_center": "cc"]), removed: ["project", "user_id"])
        #expect(correction.applied(to: Self.sent) == Self.tags(["cost_center": "cc", "run_id": "r", "team_id": "blue"]))
        #expect(correction.names == ["cost_center", "project", "team_id", "user_id"])
        #expect(TagCorrection(set: Tags(), removed: []).applied(to: Self.sent) == Self.sent)
    }

    @Test("of two corrections the later wins, tag by tag; of one that sets and removes a tag, the setting")
    func order() {
        let first = TagCorrection(set: Self.tags(["team_id": "blue", "cost_center": "a"]), removed: ["project"])
        let second = TagCorrection(set: Self.tags(["cost_center": "b", "project": "new"]), removed: ["team_id"])
        #expect(TagCorrection.applied([first, second], to: Self.sent) == Self.tags(["cost_center": "b", "project": "new", "run_id": "r"]))
        #expect(
            TagCorrection.applied([second, first], to: Self.sent) == Self.tags(["cost_center": "a", "run_id": "r", "team_id": "blue"]))
        let both = TagCorrection(set: Self.tags(["team_id": "blue"]), removed: ["team_id"])
        #expect(both.removed == [] && both.applied(to: Self.sent)["team_id"] == "blue")
    }

    @Test("a pattern means calls that have each tag as it says, and lack those that are to be absent")
    func pattern() {
        let pattern = TagPattern([
            .init(name: "team_id", matcher: Matcher("r*")), .init(name: "cost_center", matcher: nil),
            .init(name: "project", matcher: .anyOf([Matcher("new"), Matcher("old")])),
        ])
        #expect(pattern.matches(Self.sent))
        for (name, value) in [("team_id", "blue"), ("team_id", nil), ("cost_center", "cc"), ("project", "older")] as [(String, String?)] {
            var tags = Self.sent
            tags[name] = value
            #expect(!pattern.matches(tags), "\(name) \(value ?? "absent")")
        }
        #expect(TagPattern([]).matches(Tags()))
    }
}
