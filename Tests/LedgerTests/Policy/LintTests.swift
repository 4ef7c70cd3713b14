import Ledger
import Testing

@Suite("Envelopes, people and settings that cannot be used")
struct LintTests {
    /// An envelope whose rollover begins on line 6, its key on line 5.
    private static func rollover(_ rollover: Draft, every: String = "week") -> Draft {
        ["name": "a", "meter": "cost", "limit": "1", "rollover": rollover, "window": ["every": .text(every)], "per": ["run_id"]]
    }

    @Test(
        "names the place: rollover",
        arguments: [
            BrokenPolicy("a text", envelope: rollover("10"), "/rollover", line: 5, "mapping"),
            BrokenPolicy("without an amount", envelope: rollover([:]), "/rollover", line: 5, "up_to: \"10\""),
            BrokenPolicy("money as a number", envelope: rollover(["up_to": 10]), "/rollover/up_to", line: 6, "write \"10\""),
            BrokenPolicy("a negative amount", envelope: rollover(["up_to": "-1"]), "/rollover/up_to", line: 6, "from 0"),
            BrokenPolicy(
                "a bad duration", envelope: rollover(["up_to": "10", "expires_in": "soon"]), "/rollover/expires_in", line: 7, "at most 366 days"),
            BrokenPolicy(
                "a duration too long", envelope: rollover(["up_to": "10", "expires_in": "367d"]), "/rollover/expires_in", line: 7, "366 days"),
            BrokenPolicy("an unknown key", envelope: rollover(["up_to": "10", "max": "1"]), "/rollover/max", line: 7, "up_to, expires_in"),
            BrokenPolicy("of a minute", envelope: rollover(["up_to": "10"], every: "minute"), "/rollover", line: 6, "one day, week or month"),
            BrokenPolicy("of an hour", envelope: rollover(["up_to": "10"], every: "hour"), "/rollover", line: 6, "one day, week or month"),
            BrokenPolicy("of a run", envelope: rollover(["up_to": "10"], every: "run"), "/rollover", line: 6, "one day, week or month"),
            BrokenPolicy(
                "of no window", envelope: ["name": "a", "meter": "cost", "limit": "1", "rollover": ["up_to": "1"]], "/rollover", line: 6,
                "window: { every: week }"),
            BrokenPolicy(
                "of no limit",
                envelope: ["name": "a", "meter": "cost", "per_call": "1", "rollover": ["up_to": "1"], "window": ["every": "day"]], "/rollover",
                line: 6,
                "give the envelope a limit"),
            BrokenPolicy(
                "a count as a text",
                envelope: ["name": "a", "meter": "tokens", "limit": 1, "rollover": ["up_to": "1"], "window": ["every": "day"]], "/rollover/up_to",
                line: 6, "whole number"),
        ])
    func rollovers(broken: BrokenPolicy) { broken.check() }

    @Test(
        "names the place: envelopes",
        arguments: [
            BrokenPolicy(
                "a playbook that is no link", envelope: ["name": "a", "playbook": "wiki/a", "meter": "cost", "limit": "1"], "/playbook", line: 3,
                "https://"),
            BrokenPolicy(
                "a playbook that runs", envelope: ["name": "a", "playbook": "javascript:alert(1)", "meter": "cost", "limit": "1"], "/playbook",
                line: 3,
                "https://"),
            BrokenPolicy(
                "an unknown mode", envelope: ["name": "a", "meter": "cost", "limit": "1", "mode": "observe"], "/mode", line: 5, "enforce, shadow"),
            BrokenPolicy(
                "a mode that is no text", envelope: ["name": "a", "meter": "cost", "limit": "1", "mode": true], "/mode", line: 5, "enforce, shadow"),
            BrokenPolicy("a negative limit", envelope: ["name": "a", "meter": "cost", "limit": "-0.01"], "/limit", line: 4, "from 0"),
            BrokenPolicy("money as a number", envelope: ["name": "a", "meter": "cost", "limit": .number("0.5")], "/limit", line: 4, "write \"0.5\""),
            BrokenPolicy(
                "an unknown time zone",
                envelope: ["name": "a", "meter": "cost", "limit": "1", "window": ["every": "day", "time_zone": "Mars/Olympus"]],
                "/window/time_zone", line: 7, "'Mars/Olympus' is no IANA time zone"),
            BrokenPolicy(
                "a run's window without the run",
                envelope: ["name": "a", "meter": "cost", "limit": "1", "window": ["every": "run"], "per": ["user_id"]],
                "/window", line: 5, "per: [run_id]"),
        ])
    func envelopes(broken: BrokenPolicy) { broken.check() }

    @Test(
        "names the place: contacts",
        arguments: [
            BrokenPolicy("a list", ["contacts": ["finance"]], "/contacts", line: 2, "mapping"),
            BrokenPolicy("without a channel", ["contacts": ["finance": []]], "/contacts/finance", line: 2, "at least one webhook"),
            BrokenPolicy("a channel that is no list", ["contacts": ["finance": "pagerduty"]], "/contacts/finance", line: 2, "list"),
            BrokenPolicy("a channel that is no text", ["contacts": ["finance": ["a", [:]]]], "/contacts/finance/1", line: 4, "text"),
            BrokenPolicy("a contact twice", ["contacts": ["finance": ["a"], "finance": ["b"]]], "/contacts/finance", line: 4, "twice"),
        ])
    func contacts(broken: BrokenPolicy) { broken.check() }

    /// One workflow, whose members begin on line 3.
    private static func workflow(_ members: Draft) -> Draft { ["workflows": ["triage": members]] }

    @Test(
        "names the place: workflows",
        arguments: [
            BrokenPolicy("a list", ["workflows": ["triage"]], "/workflows", line: 2, "mapping"),
            BrokenPolicy("a workflow that is a text", workflow("x"), "/workflows/triage", line: 2, "mapping"),
            BrokenPolicy("a target without an outcome", workflow(["target_cost": "1.5"]), "/workflows/triage", line: 2, "outcome: resolved_ticket"),
            BrokenPolicy("a person's cost without an outcome", workflow(["human_cost": "1.5"]), "/workflows/triage", line: 2, "name the outcome"),
            BrokenPolicy(
                "a cost as a number", workflow(["outcome": "x", "target_cost": 1]), "/workflows/triage/target_cost", line: 4, "write \"1\""),
            BrokenPolicy("a negative cost", workflow(["outcome": "x", "human_cost": "-1"]), "/workflows/triage/human_cost", line: 4, "from 0"),
            BrokenPolicy("rates as a list", workflow(["rates": ["a"]]), "/workflows/triage/rates", line: 4, "mapping"),
            BrokenPolicy(
                "a rate as a number", workflow(["rates": ["human_minute": 1]]), "/workflows/triage/rates/human_minute", line: 4, "write \"1\""),
            BrokenPolicy("a playbook that is no link", workflow(["playbook": "ftp://x"]), "/workflows/triage/playbook", line: 3, "https://"),
            BrokenPolicy("an unknown key", workflow(["target": "1"]), "/workflows/triage/target", line: 3, "target_cost"),
            BrokenPolicy("a key twice", workflow(["owner": "a", "owner": "b"]), "/workflows/triage/owner", line: 4, "twice"),
        ])
    func workflows(broken: BrokenPolicy) { broken.check() }

    @Test(
        "names the place: the whole",
        arguments: [
            BrokenPolicy("unmatched: maybe", ["unmatched": "maybe"], "/unmatched", line: 1, "admit, refuse"),
            BrokenPolicy("unmatched: true", ["unmatched": true], "/unmatched", line: 1, "admit, refuse"),
            BrokenPolicy(
                "fuses", ["fuses": [["name": "storm"]]], "/fuses", line: 1,
                "unknown key 'fuses'; known here: contacts, tiers, tags, envelopes"),
            BrokenPolicy("a key of another case", ["Envelopes": []], "/Envelopes", line: 1, "unknown key 'Envelopes'"),
            BrokenPolicy("a key twice", ["unmatched": "admit", "unmatched": "refuse"], "/unmatched", line: 2, "twice"),
        ])
    func whole(broken: BrokenPolicy) { broken.check() }
}
