import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Reviews of a week")
struct ReviewTests {
    private static let policy = """
        contacts: { lead: [slack] }
        tags: { required: [team_id] }
        envelopes:
          - { name: day, owner: lead, per: [agent_id], meter: cost, limit: "10", window: { every: day } }
          - { name: month, meter: cost, limit: "100", window: { every: month } }
          - { name: run-steps, per: [run_id], meter: model_calls, limit: 1, window: { every: run } }
          - { name: rate, per: [agent_id], meter: model_calls, limit: 1, window: { every: minute } }
        """

    private static func spend(_ cost: String, _ agent: String, team: String? = "red", run: String = "r", _ ledger: TestLedger) async throws {
        var tags = ["agent_id": agent, "run_id": run, "workflow_name": "triage"]
        tags["team_id"] = team
        _ = try await ledger.charge(cost, tags)
    }

    private static func write(_ ledger: TestLedger, missed: Int64 = 0) async throws -> Int {
        try await ledger.store.usage.rollDue()
        return try await ledger.store.reviews.writeDue(at: ledger.now, missed: missed)
    }

    private static func latest(_ ledger: TestLedger) async throws -> StoredReview {
        let listed = try await ledger.store.reviews.list(of: ledger.organisation.id, before: nil, limit: 10)
        let id = try #require(listed.first?.id)
        return try #require(try await ledger.store.reviews.find(id, of: ledger.organisation.id))
    }

    /// What SQL finds in the content of the last review.
    private static func found(_ path: String, _ ledger: TestLedger) throws -> String? {
        try ledger.database.texts("SELECT coalesce((SELECT w.content #>> '{\(path)}' FROM reviews w ORDER BY w.week_end DESC LIMIT 1), 'nothing')")
            .first
    }

    /// From Saturday to Thursday, at ten: an agent at 4 a day, on the last at 12, beyond its limit, and a hold that nobody settles.
    private static func week(_ ledger: TestLedger) async throws {
        for day in 0..<6 {
            try await spend(day < 5 ? "4" : "12", "steady", ledger)
            try await spend("1", "bare", team: nil, run: "r\(day)", ledger)
            if day < 5 { try await ledger.advance(seconds: 86_400) }
        }
        _ = try await ledger.hold("2.5", ["agent_id": "idle", "team_id": "red", "run_id": "i"], ttlSeconds: 60)
        try await ledger.advance(seconds: 61)
        _ = try await ledger.store.holds.expireDue()
    }

    @Test("says what was spent, by whom, beyond which limit, and what was held for nothing; once, whoever writes it")
    func content() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            try await Self.week(ledger)
            #expect(try await Self.write(ledger) == 0, "the week is not over")
            try await ledger.advance(seconds: 86_400)
            let (one, other) = try await RunningStore.with(ledger.database, log: ledger.log) { store in
                async let one = Self.write(ledger)
                async let other = Self.write(ledger.through(store))
                return (try await one, try await other)
            }
            #expect(one + other == 1)
            #expect(try await Self.write(ledger) == 0)
            let review = try await Self.latest(ledger)
            #expect(review.start.description == "2026-11-20T09:00:00Z" && review.end.description == "2026-11-27T09:00:00Z" && review.missed == 0)
            #expect(try Self.found("spend,cost", ledger) == "38" && Self.found("spend,previous_cost", ledger) == "0")
            #expect(try Self.found("agents,0,agent_id", ledger) == "steady" && Self.found("agents,0,cost", ledger) == "32")
            #expect(try Self.found("counts,agents", ledger) == "2")
            #expect(try Self.found("tag_coverage,tags,0,lacking,0,agent_id", ledger) == "bare")
            #expect(try Self.found("tag_coverage,below_target", ledger) == "true" && Self.found("tag_coverage,tags,0,calls_percent", ledger) == "50")
            #expect(try Self.found("idle_holds,0,held", ledger) == "2.5" && Self.found("counts,idle_holds", ledger) == "1")
            let overruns = try ledger.database.texts(
                """
                SELECT concat_ws(' ', o ->> 'envelope', o -> 'key' ->> 'agent_id', o -> 'key' ->> 'run_id', o ->> 'over', o ->> 'owner')
                FROM reviews w CROSS JOIN LATERAL jsonb_array_elements(w.content -> 'overruns') AS o
                """)
            #expect(overruns == ["run-steps r 5", "day steady 2 lead"], "a rate of a minute is none")
            try await ledger.store.feed.publish()
            let told = try await FeedTests.entries(ledger, kinds: try EventSelection(patterns: ["review.*"]))
            #expect(told.count == 1)
            let data = String(decoding: told.first?.data ?? [], as: UTF8.self)
            #expect(data.contains(review.id?.description ?? "none"))
            // What is bound to tags hears nothing of the whole organisation.
            #expect(try await FeedTests.entries(ledger, bound: TestLedger.tags(["team_id": "red"])).allSatisfy { $0.kind != "review.ready" })
        }
    }

    @Test("an agent above twice the median of its seven days before is flagged")
    func unusual() async throws {
        try await TestLedger.with { (ledger) async throws in
            for day in 0..<14 {
                try await Self.spend(day < 6 ? "1" : "3", "wild", ledger)
                try await Self.spend("2", "steady", ledger)
                try await ledger.advance(seconds: 86_400)
            }
            #expect(try await Self.write(ledger) == 1)
            let flags = try ledger.database.texts(
                """
                SELECT concat_ws(' ', a ->> 'agent_id', a ->> 'median_day_cost', a ->> 'above_twice_median')
                FROM reviews w CROSS JOIN LATERAL jsonb_array_elements(w.content -> 'agents') AS a
                """)
            #expect(flags == ["wild 1 true", "steady 2 false"])
            #expect(try Self.found("spend,change_percent", ledger).map { $0 != "nothing" } == true)
        }
    }

    @Test("after weeks in which nothing ran the last has one, which counts the others; an organisation that came later has none")
    func missed() async throws {
        try await TestLedger.with { (ledger) async throws in
            try await ledger.advance(seconds: 7 * 86_400)
            #expect(try await Self.write(ledger, missed: 4) == 1)
            #expect(try await Self.latest(ledger).missed == 4)
            let late = try await TestLedger.makeOrganisation("late", store: ledger.store)
            let id = try #require(try await Self.latest(ledger).id)
            let foreign = try await ledger.store.reviews.find(id, of: late.id)
            #expect(foreign == nil)
            #expect(try await ledger.store.reviews.list(of: late.id, before: nil, limit: 10).isEmpty)
            #expect(try await Self.write(ledger) == 0)
            try await ledger.advance(seconds: 21 * 86_400)
            #expect(try await Self.write(ledger) == 2)
            let review = try await Self.latest(ledger)
            #expect(review.missed == 2 && review.end.description == "2026-12-18T09:00:00Z")
            #expect(try ledger.number("SELECT count(*) FROM reviews") == 3)
            #expect(try await Self.write(ledger) == 0)
        }
    }

    @Test("a preview is of the running week, against the same part of the week before, and leaves nothing")
    func preview() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            // Saturday 10:00; the next one is in another week.
            try await Self.spend("3", "a", ledger)
            try await ledger.advance(seconds: 4 * 86_400)
            try await Self.spend("50", "a", run: "s", ledger)
            try await ledger.advance(seconds: 3 * 86_400)
            try await Self.spend("6", "a", run: "t", ledger)
            try await ledger.store.usage.rollDue()
            let preview = try await ledger.store.reviews.preview(try await ledger.state())
            #expect(preview.id == nil && preview.start.description == "2026-11-27T09:00:00Z" && preview.end.description == "2026-11-28T11:00:00Z")
            let content = String(decoding: preview.content, as: UTF8.self)
            #expect(content.contains(#""cost":"6","previous_cost":"3","change_percent":100"#), "the fifty lie later in the week before")
            #expect(content.contains(#""partial":[]"#))
            #expect(try ledger.count("reviews") == 0 && ledger.number("SELECT count(*) FROM events WHERE kind = 'review.ready'") == 0)
        }
    }
}
