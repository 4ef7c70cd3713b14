import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Several replicas on one database")
struct ReplicaTests {
    /// Lends the same ledger through two replicas.
    private static func two(_ policy: String, _ body: (TestLedger, TestLedger) async throws -> Void) async throws {
        try await TestLedger.with(policy: policy) { first in
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                _ = try await second.state()
                try await body(first, second)
            }
        }
    }

    @Test("together they never hold more than the limit")
    func neverBeyond() async throws {
        try await Self.two(SamplePolicy.total("100")) { first, second in
            async let one = first.atOnce((0..<150).map { _ in .reserve(first.call("1")) })
            async let other = second.atOnce((0..<150).map { _ in .reserve(second.call("1")) })
            let counts = try await one.merging(other, uniquingKeysWith: +)
            #expect(counts == ["admitted": 100, "exhausted": 200])
            #expect(try first.standing("total") == "held 100 spent 0")
        }
    }

    @Test("calls that share some of many balances wait for one another in one order, and none is lost")
    func manyBalances() async throws {
        var random = SplitMix64.announced("Two replicas, many balances")
        let policy = SamplePolicy.layered(total: "1000000", team: "40", agent: "30")
        try await Self.two(policy) { first, second in
            func calls(_ ledger: TestLedger) -> [LedgerStore.Operation] {
                (0..<200).map { _ in .reserve(ledger.call("1", ["team_id": "t\(random.number(0...4))", "agent_id": "a\(random.number(0...9))"])) }
            }
            let (mine, yours) = (calls(first), calls(second))
            async let one = first.atOnce(mine)
            async let other = second.atOnce(yours)
            let counts = try await one.merging(other, uniquingKeysWith: +)
            #expect(counts.values.reduce(0, +) == 400)
            #expect(Set(counts.keys) == ["admitted", "exhausted"], "\(counts)")
            for row in try first.rows("team") { #expect(row.held <= 40_000_000_000) }
            for row in try first.rows("agent-day") { #expect(row.held <= 30_000_000_000) }
            let held = try #require(try first.rows("total").first).held
            #expect(held == Int64(counts["admitted"] ?? 0) * 1_000_000_000)
            #expect(try first.rows("team").reduce(0) { $0 + $1.held } == held)
            #expect(try first.rows("agent-day").reduce(0) { $0 + $1.held } == held)
        }
    }

    @Test("one idempotency key at both at once holds once, and both name the same hold")
    func sameKey() async throws {
        try await Self.two(SamplePolicy.total("1000")) { first, second in
            for round in 0..<20 {
                async let one = first.reserve("1", idempotency: "round \(round)")
                async let other = second.reserve("1", idempotency: "round \(round)")
                let outcomes = [try await one, try await other]
                let ids = outcomes.compactMap { $0.admitted?.id ?? $0.replayed }
                #expect(ids.count == 2 && ids[0] == ids[1])
                #expect(outcomes.count { $0.admitted != nil } == 1)
            }
            #expect(try first.standing("total") == "held 20 spent 0")
        }
    }

    @Test("many keys at both at once, in opposite orders")
    func sameKeysCrosswise() async throws {
        try await Self.two(SamplePolicy.total("1000")) { first, second in
            let keys = (0..<60).map { "key \($0)" }
            async let one = first.atOnce(keys.map { .reserve(first.call("1", idempotency: $0)) })
            async let other = second.atOnce(keys.reversed().map { .reserve(second.call("1", idempotency: $0)) })
            let counts = try await one.merging(other, uniquingKeysWith: +)
            #expect(counts == ["admitted": 60, "replayed": 60])
            #expect(try first.standing("total") == "held 60 spent 0")
        }
    }

    @Test("a hold ends once, whoever asks: commit, release and expiry at once")
    func oneEnd() async throws {
        try await Self.two(SamplePolicy.total("1000")) { first, second in
            var ids: [Identifier] = []
            for _ in 0..<30 { ids.append(try await first.hold("1", ttlSeconds: 1)) }
            try await first.advance(seconds: 2)
            _ = try await second.store.testClock.refresh()
            let holds = ids
            async let expired = second.store.holds.expireDue()
            async let released = second.atOnce(
                holds.map { .settle(SettleRequest(key: second.gateway, reservation: $0, action: .release(reason: nil))) })
            async let committed = first.atOnce(
                holds.map { id in
                    let report = UsageReport(statedCost: Money("2"))
                    return .settle(SettleRequest(key: first.gateway, reservation: id, action: .commit(report, fingerprint: report.fingerprint)))
                })
            _ = try await expired
            let commits = try await committed
            _ = try await released
            // Whatever came first, every commit was booked: as the end or late.
            #expect((commits["committed"] ?? 0) + (commits["late"] ?? 0) == 30, "\(commits)")
            #expect(try first.number("SELECT count(*) FROM settlements WHERE kind = 'end'") == 30)
            #expect(try first.standing("total") == "held 0 spent 60")
            #expect(try first.count("open_reservations") == 0)
        }
    }

    @Test("a new policy binds the next call at the other replica")
    func policyMoves() async throws {
        try await Self.two(SamplePolicy.total("10")) { first, second in
            #expect(try await first.reserve("1").name == "admitted")
            #expect(try await second.apply(SamplePolicy.total("1")) == 2)
            #expect(try await first.reserve("0.000000001").name == "exhausted")
            try await second.apply(SamplePolicy.total("2"))
            #expect(try await first.reserve("1").name == "admitted")
            #expect(try first.database.texts("SELECT policy_version::text FROM reservations ORDER BY xmin::text::bigint") == ["1", "3"])
        }
    }

    @Test("a revoked key is refused at the other replica, also for settling")
    func revokedKey() async throws {
        try await Self.two(SamplePolicy.total("10")) { first, second in
            let id = try await first.hold("1")
            guard case .revoked = try await second.store.keys.revoke(first.gateway.id, of: first.organisation.id) else {
                throw TestFailure("not revoked")
            }
            #expect(try await first.reserve("1").name == "unauthorized")
            #expect(try await first.commit(id, "1").name == "unauthorized")
            #expect(try await first.charge("1").name == "unauthorized")
            #expect(try await first.settle(id, .extend(ttlSeconds: 60)).name == "unauthorized")
        }
    }

    @Test("a new key works at the other replica at once")
    func newKey() async throws {
        try await Self.two(SamplePolicy.total("10")) { first, second in
            _ = try await first.reserve("1")
            let key = try await second.store.keys.create(
                role: .gateway, tags: Tags(), agentID: nil, name: nil, organisation: second.organisation
            ).key
            #expect(try await first.submit(.reserve(first.call("1", key: key))).name == "admitted")
        }
    }

    @Test("new prices bind the next call at the other replica")
    func pricesMove() async throws {
        try await Self.two(SamplePolicy.total("1000")) { first, second in
            func cost() async throws -> Int64? {
                var call = first.call("0", usage: TokenUsage(input: 1_000))
                call.statedCost = nil
                return try await first.submit(.reserve(call)).admitted?.held.cost
            }
            #expect(try await cost() == nil)
            _ = try await second.importPrices(SamplePrices.model("1e-06"))
            #expect(try await cost() == 1_000_000)
            try await second.advance(seconds: 1)
            _ = try await second.importPrices(SamplePrices.model("2e-06"))
            #expect(try await cost() == 2_000_000)
        }
    }

    @Test("a closed organisation's keys work nowhere; its holds still expire; opened again they work")
    func closed() async throws {
        try await Self.two(SamplePolicy.total("10")) { first, second in
            let id = try await first.hold("1", ttlSeconds: 60)
            #expect(try await second.store.organisations.setState(.closed, of: "default"))
            #expect(try await first.reserve("1").name == "unauthorized")
            #expect(try await first.commit(id, "1").name == "unauthorized")
            try await first.advance(seconds: 61)
            #expect(try await first.store.holds.expireDue().due == 1)
            #expect(try first.standing("total") == "held 0 spent 0")
            #expect(try await second.store.organisations.setState(.active, of: "default"))
            #expect(try await first.commit(id, "1").name == "late")
        }
    }
}
