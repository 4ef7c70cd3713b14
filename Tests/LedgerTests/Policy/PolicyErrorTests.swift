import Ledger
import Testing

@Suite("A policy that cannot be used")
struct PolicyErrorTests {
    @Test(
        "names the place: documents",
        arguments: [
            BrokenPolicy("a text", "envelopes", "", line: 1, "mapping"),
            BrokenPolicy("a list", [["name": "a"]], "", line: 1, "mapping"),
            BrokenPolicy("an unknown key", ["envelopes": [], "fuses": ["a"]], "/fuses", line: 2, "unknown key 'fuses'"),
            BrokenPolicy("a key misspelled", ["envelops": []], "/envelops", line: 1, "known here: contacts, tiers, tags, envelopes"),
            BrokenPolicy("a key twice", ["envelopes": [], "envelopes": []], "/envelopes", line: 2, "twice"),
            BrokenPolicy("a key with a slash and a tilde", ["a/b~c": 1], "/a~1b~0c", line: 1, "unknown key 'a/b~c'"),
            BrokenPolicy("envelopes that are no list", ["envelopes": ["name": "a"]], "/envelopes", line: 2, "list"),
            BrokenPolicy("an envelope that is no mapping", ["envelopes": ["a"]], "/envelopes/0", line: 2, "mapping"),
            BrokenPolicy(
                "two envelopes of one name",
                ["envelopes": [["name": "a", "meter": "cost", "limit": "1"], ["name": "a", "meter": "tokens", "limit": 1]]], "/envelopes/1/name",
                line: 5, "line 2"),
        ])
    func documents(broken: BrokenPolicy) { broken.check() }

    @Test(
        "names the place: names and meters",
        arguments: [
            BrokenPolicy("no name", envelope: ["meter": "cost", "limit": "1"], "", line: 2, "needs a name"),
            BrokenPolicy("an empty name", envelope: ["name": "", "meter": "cost", "limit": "1"], "/name", line: 2, "1 to 64"),
            BrokenPolicy("a name in capitals", envelope: ["name": "Support", "meter": "cost", "limit": "1"], "/name", line: 2, "lower-case"),
            BrokenPolicy("a name with a space", envelope: ["name": "a b", "meter": "cost", "limit": "1"], "/name", line: 2, "lower-case"),
            BrokenPolicy("a name with a dash in front", envelope: ["name": "-a", "meter": "cost", "limit": "1"], "/name", line: 2, "lower-case"),
            BrokenPolicy(
                "a name too long", envelope: ["name": .text(String(repeating: "a", count: 65)), "meter": "cost", "limit": "1"], "/name", line: 2,
                "1 to 64"),
            BrokenPolicy("a name that is no text", envelope: ["name": ["a"], "meter": "cost", "limit": "1"], "/name", line: 3, "text"),
            BrokenPolicy(
                "an owner with a line break", envelope: ["name": "a", "owner": "x\ny", "meter": "cost", "limit": "1"], "/owner", line: 3, "control"),
            BrokenPolicy("an owner that is null", envelope: ["name": "a", "owner": nil, "meter": "cost", "limit": "1"], "/owner", line: 3, "text"),
            BrokenPolicy("no meter", envelope: ["name": "a", "limit": "1"], "", line: 2, "needs a meter"),
            BrokenPolicy(
                "an unknown meter", envelope: ["name": "a", "meter": "dollars", "limit": "1"], "/meter", line: 3,
                "cost, tokens, model_calls, tool_calls"),
            BrokenPolicy(
                "an unknown key", envelope: ["name": "a", "meter": "cost", "limit": "1", "roll_over": 1], "/roll_over", line: 5,
                "unknown key"),
            BrokenPolicy("a key twice", envelope: ["name": "a", "meter": "cost", "limit": "1", "limit": "2"], "/limit", line: 5, "twice"),
        ])
    func names(broken: BrokenPolicy) { broken.check() }

    @Test(
        "names the place: limits",
        arguments: [
            BrokenPolicy("none", envelope: ["name": "a", "meter": "cost"], "", line: 2, "a limit or a per_call"),
            BrokenPolicy("money as a number", envelope: ["name": "a", "meter": "cost", "limit": 25], "/limit", line: 4, "write \"25\""),
            BrokenPolicy("negative money", envelope: ["name": "a", "meter": "cost", "limit": "-5"], "/limit", line: 4, "from 0"),
            BrokenPolicy(
                "money with ten decimals", envelope: ["name": "a", "meter": "cost", "limit": "0.0000000001"], "/limit", line: 4, "nine decimals"),
            BrokenPolicy(
                "too much money", envelope: ["name": "a", "meter": "cost", "limit": "9223372037"], "/limit", line: 4, "9223372036.854775807"),
            BrokenPolicy(
                "money per call with an exponent", envelope: ["name": "a", "meter": "cost", "per_call": "1e3"], "/per_call", line: 4, "amount"),
            BrokenPolicy("money that is a list", envelope: ["name": "a", "meter": "cost", "limit": ["1"]], "/limit", line: 5, "amount"),
            BrokenPolicy("a count as a text", envelope: ["name": "a", "meter": "tokens", "limit": "100"], "/limit", line: 4, "whole number"),
            BrokenPolicy("a negative count", envelope: ["name": "a", "meter": "model_calls", "limit": -1], "/limit", line: 4, "whole number"),
            BrokenPolicy(
                "a fraction of a call", envelope: ["name": "a", "meter": "tool_calls", "limit": .number("1.5")], "/limit", line: 4, "whole number"),
            BrokenPolicy(
                "a count too large", envelope: ["name": "a", "meter": "tokens", "limit": 1_000_000_000_001], "/limit", line: 4, "1000000000000"),
            BrokenPolicy(
                "a count that is not a number", envelope: ["name": "a", "meter": "tokens", "limit": .number(".nan")], "/limit", line: 4,
                "whole number"),
            BrokenPolicy("null", envelope: ["name": "a", "meter": "tokens", "limit": nil], "/limit", line: 4, "whole number"),
        ])
    func limits(broken: BrokenPolicy) { broken.check() }

    @Test(
        "names the place: match and per",
        arguments: [
            BrokenPolicy("match as a text", envelope: ["name": "a", "match": "x", "meter": "cost", "limit": "1"], "/match", line: 3, "mapping"),
            BrokenPolicy(
                "a label that cannot be", envelope: ["name": "a", "match": ["team-id": "x"], "meter": "cost", "limit": "1"], "/match/team-id",
                line: 4, "no tag name"),
            BrokenPolicy(
                "a label with a slash", envelope: ["name": "a", "match": ["a/b": "x"], "meter": "cost", "limit": "1"], "/match/a~1b", line: 4,
                "no tag name"),
            BrokenPolicy(
                "an empty list", envelope: ["name": "a", "match": ["team_id": []], "meter": "cost", "limit": "1"], "/match/team_id", line: 4,
                "matches nothing"),
            BrokenPolicy(
                "a bool", envelope: ["name": "a", "match": ["team_id": true], "meter": "cost", "limit": "1"], "/match/team_id", line: 4, "text"),
            BrokenPolicy(
                "a list in a list", envelope: ["name": "a", "match": ["team_id": ["x", ["y"]]], "meter": "cost", "limit": "1"], "/match/team_id/1",
                line: 6, "text"),
            BrokenPolicy(
                "a label twice", envelope: ["name": "a", "match": ["t": "x", "t": "y"], "meter": "cost", "limit": "1"], "/match/t", line: 5, "twice"),
            BrokenPolicy("per as a text", envelope: ["name": "a", "per": "user_id", "meter": "cost", "limit": "1"], "/per", line: 3, "list"),
            BrokenPolicy(
                "per one label twice", envelope: ["name": "a", "per": ["x", "y", "x"], "meter": "cost", "limit": "1"], "/per/2", line: 6, "twice"),
            BrokenPolicy(
                "per something that is no tag", envelope: ["name": "a", "per": ["userId"], "meter": "cost", "limit": "1"], "/per/0", line: 4,
                "no tag name"),
        ])
    func matching(broken: BrokenPolicy) { broken.check() }

    /// An envelope whose window begins on line 6, its key on line 5.
    private static func window(_ window: Draft, per: String = "user_id") -> Draft {
        ["name": "a", "meter": "cost", "limit": "1", "window": window, "per": [.text(per)]]
    }

    @Test(
        "names the place: windows",
        arguments: [
            BrokenPolicy("a text", envelope: window("month"), "/window", line: 5, "mapping"),
            BrokenPolicy("without a length", envelope: window(["starts": "monday"]), "/window", line: 6, "every: month"),
            BrokenPolicy("of a year", envelope: window(["every": "year"]), "/window/every", line: 6, "minute, hour, day, week, month, run"),
            BrokenPolicy("for ever, which is what no window means", envelope: window(["every": "forever"]), "/window/every", line: 6, "write one of"),
            BrokenPolicy(
                "a month that starts on a day", envelope: window(["every": "month", "starts": "monday"]), "/window/starts", line: 7, "only weeks"),
            BrokenPolicy(
                "a week that starts on no day", envelope: window(["every": "week", "starts": "mon"]), "/window/starts", line: 7, "monday, tuesday"),
            BrokenPolicy("9:00", envelope: window(["every": "day", "at": "9:00"]), "/window/at", line: 7, "09:00"),
            BrokenPolicy("24:00", envelope: window(["every": "day", "at": "24:00"]), "/window/at", line: 7, "09:00"),
            BrokenPolicy("09:60", envelope: window(["every": "day", "at": "09:60"]), "/window/at", line: 7, "09:00"),
            BrokenPolicy("+9:+5", envelope: window(["every": "day", "at": "+9:+5"]), "/window/at", line: 7, "09:00"),
            BrokenPolicy("-0:-0", envelope: window(["every": "day", "at": "-0:-0"]), "/window/at", line: 7, "09:00"),
            BrokenPolicy("09:00:00", envelope: window(["every": "day", "at": "09:00:00"]), "/window/at", line: 7, "09:00"),
            BrokenPolicy("an unquoted time", envelope: window(["every": "day", "at": .number("10:30")]), "/window/at", line: 7, "quoted"),
            BrokenPolicy(
                "an unknown zone", envelope: window(["every": "day", "time_zone": "Europe/Pari"]), "/window/time_zone", line: 7, "'Europe/Pari'"),
            BrokenPolicy("an abbreviation", envelope: window(["every": "day", "time_zone": "CET"]), "/window/time_zone", line: 7, "IANA"),
            BrokenPolicy(
                "a minute with a zone", envelope: window(["every": "minute", "time_zone": "UTC"]), "/window/time_zone", line: 7, "leave it out"),
            BrokenPolicy("an hour with a time of day", envelope: window(["every": "hour", "at": "00:30"]), "/window/at", line: 7, "leave it out"),
            BrokenPolicy(
                "a run with a time of day", envelope: window(["every": "run", "at": "00:30"], per: "run_id"), "/window/at", line: 7, "leave it out"),
            BrokenPolicy("a run without run_id", envelope: window(["every": "run"]), "/window", line: 5, "run_id"),
            BrokenPolicy("an unknown key", envelope: window(["every": "day", "timezone": "UTC"]), "/window/timezone", line: 7, "time_zone"),
        ])
    func windows(broken: BrokenPolicy) { broken.check() }

    /// An envelope whose plan begins on line 6.
    private static func plan(_ plan: Draft) -> Draft { ["name": "a", "meter": "cost", "limit": "1", "plan": plan] }

    @Test(
        "names the place: plans",
        arguments: [
            BrokenPolicy("a text", envelope: plan("refuse"), "/plan", line: 5, "list"),
            BrokenPolicy("one that never stops", envelope: plan([]), "/plan", line: 5, "never stops"),
            BrokenPolicy("a step that is a text", envelope: plan(["refuse"]), "/plan/0", line: 6, "mapping"),
            BrokenPolicy("a step at zero", envelope: plan([["at": 0, "do": "refuse"]]), "/plan/0/at", line: 6, "1 to 1000"),
            BrokenPolicy("a step beyond ten times", envelope: plan([["at": 1_001, "do": "refuse"]]), "/plan/0/at", line: 6, "1 to 1000"),
            BrokenPolicy(
                "a step at half a per cent", envelope: plan([["at": .number("80.5"), "do": "refuse"]]), "/plan/0/at", line: 6, "whole percentage"),
            BrokenPolicy("a percentage as a text", envelope: plan([["at": "80", "do": "refuse"]]), "/plan/0/at", line: 6, "whole percentage"),
            BrokenPolicy("a step nowhere", envelope: plan([["do": "refuse"]]), "/plan/0", line: 6, "at: 100"),
            BrokenPolicy("a step that does nothing", envelope: plan([["at": 100, "do": "refuse"], ["at": 120]]), "/plan/1", line: 8, "do: refuse"),
            BrokenPolicy("a step that does something unknown", envelope: plan([["at": 100, "do": "explode"]]), "/plan/0/do", line: 7, "refuse"),
            BrokenPolicy(
                "a step with an unknown key", envelope: plan([["at": 100, "do": "refuse", "until": "monday"]]), "/plan/0/until", line: 8,
                "unknown key 'until'"),
            BrokenPolicy(
                "a percentage of no limit", envelope: ["name": "a", "meter": "cost", "per_call": "1", "plan": [["at": 100, "do": "refuse"]]],
                "/plan/0/at", line: 6,
                "needs a limit"),
        ])
    func plans(broken: BrokenPolicy) { broken.check() }

    @Test("tells everything that is wrong at once, in the order of the documents")
    func everything() {
        let issues = PolicyReader.issues(
            [
                "envelopes": [
                    ["name": "A", "meter": "dollars", "limit": "1"],
                    ["name": "b", "meter": "cost", "limit": 1, "window": ["every": "year", "at": "9"]],
                ]
            ],
            ["envelopes": [["name": "c", "meter": "tokens"]], "extra": 1])
        #expect(
            issues.map { "\($0.line) \($0.pointer)" } == [
                "2 /envelopes/0/name", "3 /envelopes/0/meter", "7 /envelopes/1/limit", "9 /envelopes/1/window/every", "10 /envelopes/1/window/at",
                "2 /envelopes/0", "4 /extra",
            ])
    }

    @Test("tells of each fault, even where another of the same place was told before")
    func sameFaultTwice() {
        let bad: Draft = ["envelopes": [["name": "a", "meter": "cost", "limit": "1", "plan": [["at": 100, "do": "explode"]]]]]
        let absent: Draft = ["envelopes": [["name": "b", "meter": "cost", "limit": "1", "plan": [["at": 100]]]]]
        #expect(PolicyReader.issues(bad, absent).map(\.pointer) == ["/envelopes/0/plan/0/do", "/envelopes/0/plan/0"])
        let nameless: Draft = ["envelopes": [["meter": "cost", "limit": "1", "limit": "2"]]]
        #expect(PolicyReader.issues(nameless).map(\.pointer) == ["/envelopes/0/limit", "/envelopes/0"])
    }

    @Test("finds one name in two documents")
    func nameInTwoDocuments() {
        let draft: Draft = ["envelopes": [["name": "a", "meter": "cost", "limit": "1"]]]
        #expect(PolicyReader.issues(draft, draft).map(\.pointer) == ["/envelopes/0/name"])
    }

    @Test("an issue reads as a sentence with its line and place")
    func description() {
        #expect(
            PolicyIssue(pointer: "/envelopes/0/limit", line: 4, detail: "write a whole number").description
                == "line 4: /envelopes/0/limit: write a whole number")
        #expect(PolicyIssue(pointer: "", line: 1, detail: "write a mapping").description == "line 1: write a mapping")
    }
}
