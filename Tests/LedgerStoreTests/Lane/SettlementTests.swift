import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("How holds end")
struct SettlementTests {
    @Test("a commit charges what was used and gives the rest back")
    func commit() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let id = try await ledger.hold("3")
            let settled = try #require(try await ledger.commit(id, "1.25").settled)
            #expect(settled.charged.cost == 1_250_000_000)
            #expect(settled.returned.cost == 1_750_000_000)
            #expect(settled.overrun == .zero)
            #expect(!settled.late)
            #expect(settled.balances.map(\.spent) == [1_250_000_000])
            #expect(try ledger.standing("total") == "held 0 spent 1.25")
            #expect(try ledger.count("open_reservations") == 0)
        }
    }

    @Test("real spend is booked beyond the hold and beyond the limit, and the overrun is named")
    func overrun() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let id = try await ledger.hold("9")
            let settled = try #require(try await ledger.commit(id, "12.5").settled)
            #expect(settled.returned == .zero)
            #expect(settled.overrun.cost == 2_500_000_000)
            #expect(try ledger.standing("total") == "held 0 spent 12.5")
            #expect(try await ledger.reserve("0.000000001").name == "exhausted")
        }
    }

    @Test("the same commit again is answered from the fact, another one conflicts")
    func repeated() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let id = try await ledger.hold("3")
            _ = try await ledger.commit(id, "1")
            for _ in 0..<3 { #expect(try await ledger.commit(id, "1").replayed == id) }
            guard case .alreadySettled(let ending)? = try await ledger.commit(id, "2").refusal else { throw TestFailure("no conflict") }
            #expect(ending.state == .committed)
            #expect(ending.charged.cost == 1_000_000_000)
            #expect(try await ledger.settle(id, .release(reason: nil)).name == "already settled")
            #expect(try await ledger.settle(id, .extend(ttlSeconds: 60)).name == "already settled")
            #expect(try await ledger.settle(id, .expire).name == "nothing")
            #expect(try ledger.standing("total") == "held 0 spent 1")
            #expect(try ledger.count("settlements") == 1)
        }
    }

    @Test("a release gives everything back, once")
    func release() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let id = try await ledger.hold("3")
            let settled = try #require(try await ledger.settle(id, .release(reason: "not called")).settled)
            #expect(settled.returned.cost == 3_000_000_000)
            #expect(settled.charged == .zero)
            #expect(try await ledger.settle(id, .release(reason: nil)).name == "replayed")
            #expect(try ledger.standing("total") == "held 0 spent 0")
            #expect(try ledger.database.texts("SELECT reason FROM settlements") == ["not called"])
        }
    }

    @Test("a commit after a release or an expiry books one late charge", arguments: [false, true])
    func late(afterExpiry: Bool) async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let id = try await ledger.hold("3", ttlSeconds: 60)
            if afterExpiry {
                try await ledger.advance(seconds: 60)
                #expect(try await ledger.store.holds.expireDue().due == 1)
            } else {
                _ = try await ledger.settle(id, .release(reason: nil))
            }
            let settled = try #require(try await ledger.commit(id, "2").settled)
            #expect(settled.late)
            #expect(settled.charged.cost == 2_000_000_000)
            #expect(settled.returned == .zero)
            #expect(try await ledger.commit(id, "2").name == "replayed late")
            #expect(try await ledger.commit(id, "4").name == "already settled")
            #expect(try ledger.standing("total") == "held 0 spent 2")
            #expect(
                try ledger.database.texts("SELECT kind || ' ' || state FROM settlements ORDER BY kind") == [
                    afterExpiry ? "end expired" : "end released", "late committed",
                ])
            // A release that is sent again is still answered as before; so is nothing else.
            #expect(try await ledger.settle(id, .release(reason: nil)).name == (afterExpiry ? "already settled" : "replayed"))
        }
    }

    @Test("two late charges in one batch: the first is booked, its repetition replayed, another one refused")
    func lateTwice() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let id = try await ledger.hold("3")
            func commit(_ cost: String) -> LedgerStore.Operation {
                let report = UsageReport(statedCost: Money(cost))
                return .settle(SettleRequest(key: ledger.gateway, reservation: id, action: .commit(report, fingerprint: report.fingerprint)))
            }
            let release = LedgerStore.Operation.settle(SettleRequest(key: ledger.gateway, reservation: id, action: .release(reason: nil)))
            let names = try await ledger.namesInOneBatch([release, commit("1"), commit("1"), commit("2"), release])
            #expect(names == ["released", "late", "replayed late", "already settled", "replayed"])
            #expect(try ledger.standing("total") == "held 0 spent 1")
        }
    }

    @Test("a hold is extended from now on, never shortened, at most to 24 hours after it was opened")
    func extend() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let opened = ledger.now
            let id = try await ledger.hold("3", ttlSeconds: 120)
            func until(_ ttl: Int64) async throws -> Int64? {
                guard case .extended(let extended, let until) = try await ledger.settle(id, .extend(ttlSeconds: ttl)) else { return nil }
                #expect(extended == id)
                return until.seconds - opened.seconds
            }
            #expect(try await until(60) == 120)
            #expect(try await until(3_600) == 3_600)
            try await ledger.advance(seconds: 3_599)
            #expect(try await ledger.store.holds.expireDue().due == 0)
            #expect(try await until(3_600) == 7_199)
            for _ in 0..<22 {
                try await ledger.advance(seconds: 3_599)
                #expect(try await until(3_600) != nil)
            }
            // 86,376 s after it was opened: 24 s are left.
            try await ledger.advance(seconds: 3_599)
            guard case .tooLong(let latest)? = try await ledger.settle(id, .extend(ttlSeconds: 25)).refusal else { throw TestFailure("not too long") }
            #expect(latest == opened.adding(seconds: 86_400))
            #expect(try await until(24) == 86_400)
            #expect(try await ledger.settle(id, .extend(ttlSeconds: 25)).name == "too long")
            try await ledger.advance(seconds: 24)
            #expect(try await ledger.store.holds.expireDue().due == 1)
            #expect(try await ledger.settle(id, .extend(ttlSeconds: 1)).name == "already settled")
        }
    }

    @Test("extensions and an end in one batch")
    func extendAndEnd() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            let (one, two) = (try await ledger.hold("1"), try await ledger.hold("1"))
            func settle(_ id: Identifier, _ action: SettleRequest.Action) -> LedgerStore.Operation {
                .settle(SettleRequest(key: ledger.gateway, reservation: id, action: action))
            }
            let names = try await ledger.namesInOneBatch([
                settle(one, .extend(ttlSeconds: 300)), settle(two, .extend(ttlSeconds: 500)), settle(one, .release(reason: nil)),
                settle(two, .extend(ttlSeconds: 400)), settle(one, .extend(ttlSeconds: 600)),
            ])
            #expect(names == ["extended", "extended", "released", "extended", "already settled"])
            #expect(try ledger.count("open_reservations") == 1)
            #expect(try ledger.number("SELECT extract(epoch FROM expires_at - '\(LedgerDatabase.start)') FROM open_reservations") == 500)
        }
    }

    @Test("what is due expires, and nothing else; a full pass says that there may be more")
    func expiry() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100")) { ledger in
            let short = try await ledger.hold("1", ttlSeconds: 10)
            let long = try await ledger.hold("2", ttlSeconds: 11)
            #expect(try await ledger.store.holds.expireDue().due == 0)
            try await ledger.advance(seconds: 9)
            #expect(try await ledger.store.holds.expireDue().due == 0)
            try await ledger.advance(seconds: 1)
            let pass = try await ledger.store.holds.expireDue()
            #expect(pass.due == 1 && !pass.mayBeMore)
            #expect(try ledger.standing("total") == "held 2 spent 0")
            #expect(try ledger.database.texts("SELECT id::text FROM open_reservations") == [long.description])
            #expect(try ledger.database.texts("SELECT state || ' ' || reservation_id FROM settlements") == ["expired \(short)"])
        }
    }

    @Test("an expiry that comes before its time does nothing")
    func earlyExpiry() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100")) { ledger in
            let id = try await ledger.hold("1", ttlSeconds: 10)
            #expect(try await ledger.settle(id, .expire).name == "nothing")
            #expect(try await ledger.commit(id, "1").name == "committed")
        }
    }

    @Test("unknown holds are not found, whatever time their ids tell")
    func unknown() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100")) { ledger in
            let ids = [
                Identifier.none, Identifier(high: .max, low: .max), Identifier.fresh(at: ledger.now), Identifier.fresh(at: Timestamp(seconds: 0)),
                Identifier.fresh(at: Timestamp(seconds: 253_402_300_799)),
            ]
            let names = try await ledger.namesInOneBatch(
                ids.map { .settle(SettleRequest(key: ledger.gateway, reservation: $0, action: .release(reason: nil))) })
            #expect(names == Array(repeating: "not found", count: ids.count))
        }
    }

    @Test("a hold of another organisation is not found")
    func otherOrganisation() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100")) { ledger in
            let id = try await ledger.hold("1")
            let other = try await TestLedger.makeOrganisation("other", store: ledger.store)
            let key = try await ledger.store.keys.create(role: .gateway, tags: Tags(), agentID: nil, name: nil, organisation: other).key
            let state = try #require(try await ledger.store.organisations.current("other"))
            let request = SettleRequest(key: key, reservation: id, action: .release(reason: nil))
            #expect(try await ledger.store.lanes.submit(.settle(request), state: state).name == "not found")
            // Nor does a key of one organisation work in another.
            let foreign = SettleRequest(key: ledger.gateway, reservation: id, action: .release(reason: nil))
            #expect(try await ledger.store.lanes.submit(.settle(foreign), state: state).name == "unauthorized")
            #expect(try ledger.standing("total") == "held 1 spent 0")
        }
    }

    @Test("a key that is bound to tags settles only holds that carry them")
    func boundKey() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("100")) { ledger in
            let mine = try await ledger.hold("1", ["team_id": "a", "env": "x"])
            let other = try await ledger.hold("1", ["team_id": "b"])
            let untagged = try await ledger.hold("1")
            let key = try await ledger.store.keys.create(
                role: .gateway, tags: TestLedger.tags(["team_id": "a"]), agentID: nil, name: nil, organisation: ledger.organisation
            ).key
            #expect(try await ledger.commit(other, "1", key: key).name == "not found")
            #expect(try await ledger.settle(untagged, .release(reason: nil), key: key).name == "not found")
            #expect(try await ledger.commit(mine, "1", key: key).name == "committed")
            #expect(try ledger.standing("total") == "held 2 spent 1")
        }
    }
}
