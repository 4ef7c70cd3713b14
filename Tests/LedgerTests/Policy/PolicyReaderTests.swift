import Ledger
import Testing

@Suite("A policy that can be used")
struct PolicyReaderTests {
    @Test("is read as it was written")
    func everyField() throws {
        let policy = try Policy.read(
            [
                "envelopes": [
                    [
                        "name": "exploration-credits", "owner": "support-lead@example.com",
                        "match": ["intent": "exploration", "agent_id": ["triage-*", "kb"]],
                        "per": ["user_id", "model"], "meter": "cost", "limit": "25.5", "per_call": "0.000000001",
                        "window": ["every": "week", "starts": "tuesday", "at": "09:30", "time_zone": "Europe/Paris"],
                        "plan": [["at": 80, "do": "alert"], ["at": 120, "do": "refuse"]],
                    ],
                    ["name": "run-tokens", "per": ["run_id"], "meter": "tokens", "limit": 200_000, "window": ["every": "run"]],
                    ["name": "big_spend", "meter": "cost", "per_call": "10000", "plan": [["do": "refuse"]]],
                    ["name": "7", "meter": "tool_calls", "limit": 0],
                ]
            ],
            version: 42)
        #expect(policy.version == 42)
        #expect(policy.envelopes.map(\.name) == ["exploration-credits", "run-tokens", "big_spend", "7"])

        let credits = try #require(policy.envelope(named: "exploration-credits"))
        #expect(credits.owner == "support-lead@example.com")
        #expect(credits.match.map(\.label) == ["intent", "agent_id"])
        #expect(credits.match.map(\.matcher) == [Matcher("exploration"), .anyOf([Matcher("triage-*"), Matcher("kb")])])
        #expect(credits.per == ["user_id", "model"])
        #expect(credits.meter == .cost)
        #expect(credits.limit == 25_500_000_000)
        #expect(credits.perCall == 1)
        #expect(credits.windowRule == WindowRule(.week, weekStart: 1, secondOfDay: 34_200, zone: try #require(Zone("Europe/Paris"))))
        #expect(credits.plan.steps == [.alert(80), .refuse(120), .refuse(nil)])
        #expect(credits.ceiling == 30_600_000_000)

        let tokens = try #require(policy.envelope(named: "run-tokens"))
        #expect(tokens.windowRule.period == .run)
        #expect(tokens.plan.steps == [PlanStep(at: 100, action: .refuse)])
        #expect(tokens.ceiling == 200_000)

        let bigSpend = try #require(policy.envelope(named: "big_spend"))
        #expect(bigSpend.limit == nil && bigSpend.ceiling == nil)
        #expect(bigSpend.perCall == 10_000_000_000_000)
        #expect(bigSpend.windowRule == .forever)
        #expect(policy.envelope(named: "7")?.limit == 0)
        #expect(policy.envelope(named: "absent") == nil)
    }

    @Test("may be spread over documents, be empty, or have empty ones among them")
    func documents() throws {
        let policy = try Policy.read(
            ["envelopes": [["name": "a", "meter": "cost", "limit": "1"]]], nil, ["envelopes": []], [:],
            ["envelopes": [["name": "b", "meter": "tokens", "limit": 1]]])
        #expect(policy.envelopes.map(\.name) == ["a", "b"])
        #expect(try Policy.read().envelopes.isEmpty)
        #expect(try Policy.read(nil).envelopes.isEmpty)
    }

    @Test("may give a label's value as a number, which is meant as text")
    func numbersAsText() throws {
        let policy = try Policy.read(["envelopes": [["name": "a", "match": ["cost_center": .number("042")], "meter": "cost", "limit": "1"]]])
        #expect(policy.envelopes[0].match[0].matcher == .exact("042"))
    }

    @Test("every weekday, every window and every meter has its word")
    func words() throws {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        for (index, day) in days.enumerated() {
            let policy = try Policy.read([
                "envelopes": [["name": "a", "meter": "cost", "limit": "1", "window": ["every": "week", "starts": .text(day)]]]
            ])
            #expect(policy.envelopes[0].windowRule.weekStart == Int64(index))
        }
        for word in ["minute", "hour", "day", "week", "month", "run"] {
            let policy = try Policy.read([
                "envelopes": [["name": "a", "per": ["run_id"], "meter": "cost", "limit": "1", "window": ["every": .text(word)]]]
            ])
            #expect(policy.envelopes[0].windowRule.period.rawValue == word)
        }
        for meter in ["tokens", "model_calls", "tool_calls"] {
            let policy = try Policy.read(["envelopes": [["name": "a", "meter": .text(meter), "limit": 12]]])
            #expect(policy.envelopes[0].meter.rawValue == meter)
        }
    }

    @Test(
        "may name any minute of the day",
        arguments: [("00:00", 0), ("00:01", 60), ("09:00", 32_400), ("10:30", 37_800), ("23:59", 86_340)] as [(String, Int64)])
    func timesOfDay(text: String, seconds: Int64) throws {
        let policy = try Policy.read(["envelopes": [["name": "a", "meter": "cost", "limit": "1", "window": ["every": "day", "at": .text(text)]]]])
        #expect(policy.envelopes[0].windowRule.secondOfDay == seconds)
    }
}
