import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Reading reservations")
struct ReservationReaderTests {
    private static func read(_ id: Identifier, _ ledger: TestLedger) async throws -> StoredReservation {
        try #require(try await ledger.store.reservations.find(id, of: ledger.organisation.id))
    }

    @Test("a hold from its opening to its end")
    func life() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10")) { ledger in
            var call = ledger.call("2", ["team_id": "a"], usage: TokenUsage(input: 10, output: 20), ttlSeconds: 60)
            call.step = 4
            call.stateHash = "c0ffee"
            let hold = try #require(try await ledger.submit(.reserve(call)).admitted)
            let opened = try await Self.read(hold.id, ledger)
            #expect(opened.decision == "allow" && opened.model == "gpt-5" && opened.requestedModel == "gpt-5" && opened.tool == nil)
            #expect(opened.step == 4 && opened.stateHash == "c0ffee" && opened.tags["team_id"] == "a")
            #expect(opened.held == Amounts(cost: 2_000_000_000, tokens: 30, modelCalls: 1))
            #expect(opened.openedAt == ledger.now && opened.promisedExpiry == ledger.now.adding(seconds: 60))
            #expect(opened.openUntil == ledger.now.adding(seconds: 60) && opened.end == nil && opened.late == nil)

            _ = try await ledger.settle(hold.id, .extend(ttlSeconds: 600))
            let extended = try await Self.read(hold.id, ledger)
            #expect(extended.openUntil == ledger.now.adding(seconds: 600) && extended.promisedExpiry == ledger.now.adding(seconds: 60))

            try await ledger.advance(seconds: 5)
            let report = UsageReport(
                usage: TokenUsage(input: 8, output: 4, cachedInput: 2, cacheWrite: 1, reasoning: 3), statedCost: Money("1"), source: .provider,
                status: .error, latencyMilliseconds: 812)
            _ = try await ledger.commit(hold.id, report)
            let ended = try await Self.read(hold.id, ledger)
            let end = try #require(ended.end)
            #expect(ended.openUntil == nil && ended.late == nil)
            #expect(end.state == .committed && end.charged == Amounts(cost: 1_000_000_000, tokens: 12, modelCalls: 1))
            #expect(end.usage == report.usage && end.source == "provider" && end.status == "error" && end.latencyMilliseconds == 812)
            #expect(end.settledAt == ledger.now)
            #expect(end.balances.map(\.spent) == [1_000_000_000] && ended.balances.map(\.held) == [2_000_000_000])
        }
    }

    @Test("a late charge stands beside the end")
    func late() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10")) { ledger in
            let id = try await ledger.hold("2")
            _ = try await ledger.settle(id, .release(reason: nil))
            _ = try await ledger.commit(id, "1")
            let stored = try await Self.read(id, ledger)
            #expect(stored.end?.state == .released && stored.end?.charged == .zero)
            #expect(stored.late?.state == .committed && stored.late?.charged.cost == 1_000_000_000)
            #expect(stored.settled(late: true)?.late == true && stored.settled(late: false)?.returned.cost == 2_000_000_000)
        }
    }

    @Test("a commit without token counts has no usage, a tool call its calls")
    func usage() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10")) { ledger in
            let id = try await ledger.hold("2")
            _ = try await ledger.commit(id, "1")
            #expect(try await Self.read(id, ledger).end?.usage == nil)
            let tool = try #require(try await ledger.submit(.reserve(ledger.call("1", model: nil))).admitted).id
            _ = try await ledger.commit(tool, UsageReport(toolCalls: 3))
            let stored = try await Self.read(tool, ledger)
            #expect(stored.model == nil && stored.tool == "search" && stored.end?.toolCalls == 3)
            #expect(stored.held == Amounts(cost: 1_000_000_000, toolCalls: 1))
        }
    }

    @Test("tool calls that a model call reports are kept with its usage")
    func toolCallsOfModelCall() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10")) { ledger in
            let id = try await ledger.hold("2")
            _ = try await ledger.commit(id, UsageReport(usage: TokenUsage(input: 1), toolCalls: 3, statedCost: Money("1")))
            let stored = try await Self.read(id, ledger)
            withKnownIssue("usage.tool_calls of a model call is in the fingerprint but nowhere in the fact") { #expect(stored.end?.toolCalls == 3) }
        }
    }

    @Test("nothing is found elsewhere")
    func unknown() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("10")) { ledger in
            let id = try await ledger.hold("2")
            let charge = try #require(try await ledger.charge("1").settled).id
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            #expect(try await ledger.store.reservations.find(id, of: other.id) == nil)
            #expect(try await ledger.store.reservations.find(charge, of: ledger.organisation.id) == nil)
            #expect(try await ledger.store.reservations.charge(id, of: ledger.organisation.id) == nil)
            #expect(try await ledger.store.reservations.charge(charge, of: other.id) == nil)
            #expect(try await ledger.store.reservations.find(Identifier(high: .max, low: .max), of: ledger.organisation.id) == nil)
        }
    }

    @Test("a list is newest first, of all or the open ones, by tags, page after page")
    func list() async throws {
        try await TestLedger.with(policy: SamplePolicy.daily("100")) { ledger in
            var ids: [Identifier] = []
            for index in 0..<6 {
                ids.append(try await ledger.hold("1", ["team_id": index % 2 == 0 ? "a" : "b", "user_id": "u"]))
                try await ledger.advance(seconds: 1)
            }
            _ = try await ledger.commit(ids[2], "1")
            _ = try await ledger.settle(ids[3], .release(reason: nil))
            func list(_ openOnly: Bool, _ tags: [String: String], pageSize: Int = 2) async throws -> [Int] {
                var found: [Identifier] = []
                while true {
                    let page = try await ledger.store.reservations.list(
                        of: ledger.organisation.id, openOnly: openOnly, tags: TestLedger.tags(tags), after: found.last, limit: pageSize)
                    found += page.map(\.id)
                    if page.count < pageSize { return found.compactMap { ids.firstIndex(of: $0) } }
                }
            }
            #expect(try await list(false, [:]) == [5, 4, 3, 2, 1, 0])
            #expect(try await list(true, [:]) == [5, 4, 1, 0])
            #expect(try await list(false, ["team_id": "a"]) == [4, 2, 0])
            #expect(try await list(true, ["team_id": "b", "user_id": "u"], pageSize: 1) == [5, 1])
            #expect(try await list(false, ["team_id": "c"]) == [])
        }
    }
}

@Suite("Reading balances")
struct BalanceReaderTests {
    private static func list(
        _ ledger: TestLedger, _ envelope: String, tags: [String: String] = [:], allWindows: Bool = false, after: Identifier? = nil, limit: Int = 100
    ) async throws -> [BalanceView] {
        try await ledger.store.balances.list(
            envelope: envelope, policy: try await ledger.state().policy, tags: TestLedger.tags(tags), allWindows: allWindows, after: after,
            limit: limit,
            of: ledger.organisation.id)
    }

    @Test("the present windows, or all of them, by the values of the per tags")
    func list() async throws {
        try await TestLedger.with(policy: SamplePolicy.layered(total: "100", team: "50", agent: "10")) { ledger in
            for (team, agent) in [("a", "x"), ("b", "x"), ("b", "y")] { _ = try await ledger.hold("1", ["team_id": team, "agent_id": agent]) }
            try await ledger.advance(seconds: 86_400)
            _ = try await ledger.hold("2", ["team_id": "a", "agent_id": "x"])
            #expect(try await Self.list(ledger, "total").map(\.held) == [5_000_000_000])
            #expect(try await Self.list(ledger, "team").map(\.identity.values).sorted { $0[0] < $1[0] } == [["a"], ["b"]])
            #expect(try await Self.list(ledger, "team", tags: ["team_id": "b"]).map(\.held) == [2_000_000_000])
            #expect(try await Self.list(ledger, "team", tags: ["team_id": "c"]).isEmpty)
            #expect(try await Self.list(ledger, "team", tags: ["agent_id": "x"]).isEmpty)
            #expect(try await Self.list(ledger, "agent-day").map(\.held) == [2_000_000_000])
            #expect(try await Self.list(ledger, "agent-day", allWindows: true).count == 3)
            #expect(try await Self.list(ledger, "agent-day", tags: ["agent_id": "x"], allWindows: true).count == 2)
            #expect(try await Self.list(ledger, "nothing").isEmpty)
            let all = try await Self.list(ledger, "agent-day", allWindows: true).map(\.identity.id)
            var paged: [Identifier] = []
            while let next = try await Self.list(ledger, "agent-day", allWindows: true, after: paged.last, limit: 1).first {
                paged.append(next.identity.id)
            }
            #expect(paged == all)
        }
    }

    @Test("the history of a balance is every fact, newest first, without a gap, page after page")
    func history() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let committed = try await ledger.hold("2")
            _ = try await ledger.commit(committed, "1.5")
            let released = try await ledger.hold("3")
            _ = try await ledger.settle(released, .release(reason: nil))
            _ = try await ledger.commit(released, "0.5")
            let expired = try await ledger.hold("4", ttlSeconds: 1)
            try await ledger.advance(seconds: 1)
            _ = try await ledger.store.holds.expireDue()
            let charge = try #require(try await ledger.charge("5").settled).id
            let id = try #require(try await Self.list(ledger, "total").first).identity.id
            let standing = try #require(try await ledger.store.balances.find(id, policy: try await ledger.state().policy, of: ledger.organisation.id))
            #expect(standing.version == 8 && standing.view.spent == 7_000_000_000)
            var facts: [BalanceFact] = []
            var (version, fact) = (standing.version, standing.lastFact)
            while version > 0 {
                let page = try await ledger.store.balances.history(of: id, from: version, fact: fact, limit: 3, organisation: ledger.organisation.id)
                facts += page
                let last = try #require(page.last)
                (version, fact) = (last.version - 1, last.previous)
            }
            #expect(fact == .none)
            #expect(facts.map(\.version) == [8, 7, 6, 5, 4, 3, 2, 1])
            #expect(facts.map(\.kind.rawValue) == ["usage", "expire", "hold", "late", "release", "hold", "commit", "hold"])
            #expect(facts.map { ($0.heldChange + $0.spentChange) / 100_000_000 } == [50, -40, 40, 5, -30, 30, -5, 20])
            #expect(facts.map(\.fact) == [charge, expired, expired, released, released, released, committed, committed])
            #expect(facts.allSatisfy { $0.limit == 10_000_000_000 })
            #expect(facts.map { $0.held / 1_000_000_000 } == [0, 0, 4, 0, 0, 3, 0, 2])
            #expect(facts.map { $0.spent / 100_000_000 } == [70, 20, 20, 20, 15, 15, 15, 0])
        }
    }

    @Test("history walks through months")
    func months() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            for _ in 0..<4 {
                _ = try await ledger.hold("1", ttlSeconds: 3_600)
                try await ledger.advance(seconds: 40 * 86_400)
            }
            let view = try #require(try await Self.list(ledger, "total").first)
            let standing = try #require(
                try await ledger.store.balances.find(view.identity.id, policy: try await ledger.state().policy, of: ledger.organisation.id))
            let facts = try await ledger.store.balances.history(
                of: view.identity.id, from: standing.version, fact: standing.lastFact, limit: 100, organisation: ledger.organisation.id)
            #expect(facts.map(\.version) == [4, 3, 2, 1])
            #expect(Set(facts.map { $0.at.description.prefix(7) }).count == 4)
        }
    }
}
