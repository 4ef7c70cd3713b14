import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("The feed numbers every event once, without a gap")
struct FeedTests {
    private static let policy = """
        envelopes:
          - name: agent
            per: [agent_id]
            meter: cost
            limit: "10"
            plan: [ { at: 10, do: alert }, { at: 50, do: alert }, { at: 100, do: refuse }, { at: 150, do: suspend } ]
        """

    /// All of a ledger's feed, page by page.
    static func entries(
        _ ledger: TestLedger, kinds: EventSelection = .all, bound: Tags = Tags(), limit: Int = FeedReader.pageLimit
    ) async throws -> [FeedEntry] {
        var found: [FeedEntry] = []
        var position: Int64 = 0
        while true {
            let page = try await ledger.store.feedReader.page(
                of: ledger.organisation.id, after: position, kinds: kinds, bound: bound, limit: limit)
            found += page.entries
            guard page.through < page.last else { return found }
            #expect(page.through > position)
            position = page.through
        }
    }

    /// No gap, nothing twice, nothing missing.
    private static func check(_ ledger: TestLedger) async throws {
        let entries = try await entries(ledger)
        #expect(entries.map(\.position) == Array(1...Int64(entries.count)))
        #expect(Set(entries.map(\.event)).count == entries.count)
        #expect(try ledger.count("events") == Int64(entries.count))
        #expect(try ledger.count("outbox") == 0)
        #expect(try ledger.number("SELECT last_position FROM feeds") == Int64(entries.count))
    }

    @Test("an event is numbered after its cause, and only then is it in the feed")
    func order() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            #expect(try await ledger.store.feed.publish() == 0)
            #expect(try await Self.entries(ledger).isEmpty)
            _ = try await ledger.hold("2", ["agent_id": "a"])
            #expect(try await Self.entries(ledger).isEmpty)
            #expect(try await ledger.store.feed.publish() == 1)
            _ = try await ledger.charge("20", ["agent_id": "a"])
            #expect(try await ledger.store.feed.publish() == 2)
            #expect(try await ledger.store.feed.publish() == 0)
            let entries = try await Self.entries(ledger)
            #expect(entries.map(\.kind) == ["alert", "alert", "suspension.opened"])
            #expect(entries.map(\.envelope) == ["agent", "agent", "agent"])
            #expect(entries[0].madeAt == ledger.now)
            #expect(try ledger.count("alert_queue") == 2)
            try await Self.check(ledger)
        }
    }

    @Test("what happened while the clock stood still is told in the order in which it happened")
    func standingClock() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for agent in 0..<40 { _ = try await ledger.hold("2", ["agent_id": "agent \(agent)"]) }
            try await ledger.store.feed.publish()
            let keys = try await Self.entries(ledger).map { String(decoding: $0.data, as: UTF8.self) }
            #expect(keys.count == 40)
            for (agent, data) in keys.enumerated() { #expect(data.contains("\"agent \(agent)\""), "position \(agent + 1)") }
        }
    }

    @Test("an event comes after its cause, though the replica that caused it knows an earlier time")
    func laggingReplica() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                try await ledger.advance(seconds: 10)
                _ = try await ledger.hold("2", ["agent_id": "a"])
                #expect(store.clock.now() < ledger.now)
                _ = try await store.suspensions.open(
                    SuspensionDraft(subject: TestLedger.agent, reason: "it alerts", author: "ada", idempotency: nil), of: ledger.organisation.id)
                #expect(try await store.feed.publish() == 2)
                #expect(try await Self.entries(ledger).map(\.kind) == ["alert", "suspension.opened"])
            }
        }
    }

    @Test("more events than one transaction takes, numbered by three at once on two replicas", .timeLimit(.minutes(10)))
    func replicas() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                try await withThrowingTaskGroup(of: Int.self) { tasks in
                    let publishers = [ledger.store, store, store]
                    for worker in 0..<4 {
                        tasks.addTask {
                            for agent in 0..<150 { _ = try await ledger.hold("6", ["agent_id": "\(worker).\(agent)"]) }
                            return 0
                        }
                    }
                    for publisher in publishers {
                        tasks.addTask {
                            var count = 0
                            for _ in 0..<60 { count += try await publisher.feed.publish() }
                            return count
                        }
                    }
                    let published = try await tasks.reduce(0, +)
                    let rest = try await store.feed.publish()
                    #expect(published + rest == 600 * 2)
                }
                try await Self.check(ledger)
            }
        }
    }

    @Test("a publisher that dies in the middle leaves everything to the next", .timeLimit(.minutes(10)))
    func death() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for agent in 0..<10 { _ = try await ledger.hold("6", ["agent_id": "\(agent)"]) }
            let owner = try ledger.database.owner()
            defer { owner.close() }
            // The publisher waits for the rows that it must delete, after it has numbered them.
            try owner.run("BEGIN; SELECT * FROM outbox FOR UPDATE")
            let killed = Task { try await ledger.store.feed.publish() }
            guard try await eventually({ try ledger.blockedSessions() == 1 }) else { throw TestFailure("the publisher does not wait") }
            #expect(try await eventually { try ledger.endWaitingSessions() == 1 })
            await #expect(throws: (any Error).self) { try await killed.value }
            try owner.run("COMMIT")
            #expect(try ledger.count("feed_entries") == 0)
            #expect(try await ledger.store.feed.publish() == 20)
            try await Self.check(ledger)
            // It was told of, for an operator to see.
            #expect(ledger.log.errors.count == 1)
            ledger.log.forget()
        }
    }

    @Test("a page passes over what was not asked for, and says how far it looked")
    func pages() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            for agent in ["a", "b", "c"] { _ = try await ledger.charge("20", ["agent_id": agent]) }
            try await ledger.store.feed.publish()
            #expect(try await Self.entries(ledger, limit: 1).count == 9)
            let suspensions = try await Self.entries(ledger, kinds: try EventSelection(patterns: ["suspension.*"]), limit: 2)
            #expect(suspensions.map(\.kind) == ["suspension.opened", "suspension.opened", "suspension.opened"])
            let bound = try await Self.entries(ledger, bound: TestLedger.tags(["agent_id": "b", "team_id": "support"]))
            #expect(bound.map(\.position) == [4, 5, 6])
            let page = try await ledger.store.feedReader.page(
                of: ledger.organisation.id, after: 1, kinds: try EventSelection(patterns: ["approval.*"]), limit: 5)
            #expect(page.entries.isEmpty)
            #expect(page.through == 6 && page.last == 9)
            let beyond = try await ledger.store.feedReader.page(of: ledger.organisation.id, after: .max)
            #expect(beyond.entries.isEmpty && beyond.through == .max && beyond.last == 9)
        }
    }

    @Test("organisations have feeds of their own")
    func organisations() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            _ = try await ledger.hold("2", ["agent_id": "a"])
            #expect(try await ledger.store.feed.publish() == 1)
            #expect(try await ledger.store.feedReader.last(of: other.id) == 0)
            #expect(try await ledger.store.feedReader.page(of: other.id, after: 0).entries.isEmpty)
            #expect(try await ledger.store.feedReader.last(of: ledger.organisation.id) == 1)
        }
    }

    @Test("those who wait are woken by their own feed only, whoever published, and at the time they asked for")
    func subscriptions() async throws {
        try await TestLedger.with(policy: Self.policy) { (ledger) async throws in
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            try await RunningStore.with(ledger.database, log: ledger.log) { store in
                let all = store.feed.subscriptions
                let waiting = try #require(all.open(ledger.organisation.id))
                let stranger = try #require(all.open(other.id))
                _ = try await ledger.hold("2", ["agent_id": "a"])
                try await ledger.store.feed.publish()
                try await store.feed.look()
                var wakes = waiting.wakes.makeAsyncIterator()
                #expect(await wakes.next() != nil)
                #expect(waiting.last == 1 && stranger.last == 0)
                let now = ContinuousClock.now
                waiting.wake(at: now.advanced(by: .seconds(15)))
                all.ring(at: now.advanced(by: .seconds(16)))
                #expect(await wakes.next() != nil)
                waiting.end()
                #expect(await wakes.next() == nil)
                #expect(!waiting.isOpen && stranger.isOpen)
            }
        }
    }

    @Test("a bounded number may wait")
    func bound() async throws {
        try await TestLedger.with { (ledger) async throws in
            let all = ledger.store.feed.subscriptions
            var open = (0..<FeedSubscriptions.organisationLimit).compactMap { _ in all.open(ledger.organisation.id) }
            #expect(open.count == FeedSubscriptions.organisationLimit)
            #expect(all.open(ledger.organisation.id) == nil, "one organisation leaves room for others")
            for number in open.count..<FeedSubscriptions.limit {
                if let other = all.open(Identifier(high: 1, low: UInt64(number % 2))) { open.append(other) }
            }
            #expect(open.count == FeedSubscriptions.limit)
            #expect(all.open(Identifier(high: 1, low: 2)) == nil)
            open.removeLast()
            #expect(all.count == FeedSubscriptions.limit - 1, "a place that nobody holds is given back")
            #expect(all.open(Identifier(high: 1, low: 2)) != nil)
        }
    }
}
