import Testing

extension EndToEnd {
    /// Windows turn at their moment on every replica, whatever the clocks of people do.
    @Suite
    struct WindowTests {
        /// A window, and when the one after it ends.
        private struct Case {
            let envelope: String
            let start: String
            let end: String
            let nextEnd: String
        }

        /// In the order of their ends. Clocks in Paris go from 02:00 to 03:00 on Sunday, 2027-03-28.
        private static let cases = [
            Case(envelope: "hour", start: "2027-03-22T08:00:00Z", end: "2027-03-22T09:00:00Z", nextEnd: "2027-03-22T10:00:00Z"),
            Case(envelope: "day", start: "2027-03-26T23:00:00Z", end: "2027-03-27T23:00:00Z", nextEnd: "2027-03-28T22:00:00Z"),
            Case(envelope: "day", start: "2027-03-27T23:00:00Z", end: "2027-03-28T22:00:00Z", nextEnd: "2027-03-29T22:00:00Z"),
            Case(envelope: "week", start: "2027-03-22T08:00:00Z", end: "2027-03-29T07:00:00Z", nextEnd: "2027-04-05T07:00:00Z"),
            Case(envelope: "month", start: "2027-02-28T23:00:00Z", end: "2027-03-31T22:00:00Z", nextEnd: "2027-04-30T22:00:00Z"),
        ]
        private static let policy = """
            envelopes:
              - { name: hour,  match: { project: hour }, per: [agent_id],  meter: cost, limit: "1", window: { every: hour } }
              - { name: day,   match: { project: day }, per: [agent_id],   meter: cost, limit: "1", window: { every: day, time_zone: Europe/Paris } }
              - name: week
                match: { project: week }
                per: [agent_id]
                meter: cost
                limit: "1"
                window: { every: week, starts: monday, at: "09:00", time_zone: Europe/Paris }
              - { name: month, match: { project: month }, per: [agent_id], meter: cost, limit: "1", window: { every: month, time_zone: Europe/Paris } }
              - { name: rate,  match: { project: rate }, per: [tool], meter: tool_calls, limit: 3, window: { every: minute } }
            """

        @Test
        func anExhaustedEnvelopeIsFreshInItsNextWindow() async throws {
            try await Replicas.with(2, "--test-clock") { replicas in
                try await replicas.first.apply(policy: Self.policy)
                for (number, window) in Self.cases.enumerated() {
                    let end = try #require(Moment(window.end))
                    let (one, other) = (replicas.clients[number % 2], replicas.clients[(number + 1) % 2])
                    try await one.advance(to: end.adding(seconds: -1))
                    try await exhaust(window.envelope, window.start, window.end, other, agent: number, key: "\(number)-before")
                    // A microsecond before the end it is still the old one.
                    try await one.advance(to: Moment(microseconds: end.microseconds - 1))
                    #expect(
                        try await other.reserve(Call(["project": window.envelope, "agent_id": "\(number)"], cost: "0.01"), key: "\(number)-last")
                            .status == 402)
                    try await one.advance(to: end)
                    try await exhaust(window.envelope, window.end, window.nextEnd, other, agent: number, key: "\(number)-after")
                }
                try await replicas.expectSound()
            }
        }

        /// Fills the envelope to the last cent and sees one more refused, in the window that is expected.
        private func exhaust(_ envelope: String, _ start: String, _ end: String, _ client: APIClient, agent: Int, key: String) async throws {
            let tags = ["project": envelope, "agent_id": "\(agent)"]
            let whole = try await client.reserve(Call(tags, cost: "1", ttlSeconds: 1), key: key)
            let hold: HoldAnswer = try whole.decoded(201)
            #expect(hold.envelopes.map(\.window) == [WindowView(start: start, end: end)])
            #expect(hold.envelopes.map(\.remaining.value) == [0])
            #expect(try await client.commit(hold.id, "{\"cost\":\"1\"}").status == 200)
            let refused = try await client.reserve(Call(tags, cost: "0.01"), key: key + "-more")
            let violation = try #require(try refused.decoded(402, as: ProblemAnswer.self).violations?.first)
            #expect(violation.resetsAt == end)
            let now = try await client.now()
            let wait = (try #require(Moment(end)).microseconds - now.microseconds + 999_999) / 1_000_000
            #expect(refused.headers["retry-after"] == "\(wait)")
        }

        @Test
        func aMinuteIsARate() async throws {
            try await Replicas.with(1, "--test-clock") { replicas in
                let client = replicas.first
                try await client.apply(policy: Self.policy)
                try await client.advance(to: try #require(Moment("2027-03-22T08:00:15Z")))
                let call = Call(tags: ["project": "rate"], model: nil, tool: "search")
                let answers = try await [
                    client.reserve(call, key: "a"), client.reserve(call, key: "b"), client.reserve(call, key: "c"), client.reserve(call, key: "d"),
                ]
                #expect(answers.map(\.status) == [201, 201, 201, 429])
                #expect(answers[3].problem == "rate-limited")
                #expect(answers[3].headers["ratelimit"] == "\"rate\";r=0;t=45")
                #expect(answers[3].headers["ratelimit-policy"] == "\"rate\";q=3;w=60")
                #expect(answers[3].headers["retry-after"] == "45")
                #expect(try await client.reserve(Call(tags: call.tags, model: nil, tool: "other"), key: "e").status == 201)
                try await client.advance(to: try #require(Moment("2027-03-22T08:01:00Z")))
                #expect(try await client.reserve(call, key: "d").status == 201)
                try await replicas.expectSound()
            }
        }

        @Test
        func aHoldCountsInTheWindowInWhichItWasOpened() async throws {
            try await Replicas.with(2, "--test-clock") { replicas in
                let (one, other) = (replicas.first, replicas.last)
                try await one.apply(policy: Self.policy)
                let turn = try #require(Moment("2027-03-28T22:00:00Z"))
                try await one.advance(to: turn.adding(seconds: -10))
                let ids = try await ["committed", "released", "expired", "late"].asyncMap { name in
                    let call = Call(
                        ["project": "day", "agent_id": "a"], cost: "0.25", ttlSeconds: name == "committed" || name == "released" ? 60 : 20)
                    return try await other.reserve(call, key: name).decoded(201, as: HoldAnswer.self).id
                }
                try await one.advance(to: turn.adding(seconds: 11))
                // Nothing of the old window weighs on the new one.
                let fresh = try await other.reserve(Call(["project": "day", "agent_id": "a"], cost: "1"), key: "fresh").decoded(
                    201, as: HoldAnswer.self)
                #expect(fresh.envelopes[0].window.start == turn.description)
                let committed = try await other.commit(ids[0], "{\"cost\":\"0.40\"}").decoded(200, as: SettlementAnswer.self)
                #expect(committed.envelopes[0].window.end == turn.description && committed.late == false)
                #expect(try await one.release(ids[1]).status == 200)
                #expect(try await one.reservation(ids[2]).state == "expired")
                let late = try await one.commit(ids[3], "{\"cost\":\"0.70\"}").decoded(200, as: SettlementAnswer.self)
                #expect(late.late == true && late.overrun?.cost == 100_000_000)
                let balances = try await one.balances("day").filter {
                    $0.window.start == "2027-03-27T23:00:00Z" || $0.window.start == turn.description
                }
                .sorted { $0.window.start ?? "" < $1.window.start ?? "" }
                #expect(balances.map(\.spent.value) == [1_100_000_000, 0])
                #expect(balances.map(\.held.value) == [0, 1_000_000_000])
                try await replicas.expectSound()
            }
        }
    }
}
