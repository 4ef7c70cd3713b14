import Ledger
import LedgerStore
import Postgres
import TestSupport
import Testing

@Suite("Grants")
struct GrantTests {
    @Test("a grant serves its run up to its amount and leaves the envelope as it was; then the gate closes again")
    func drawn() async throws {
        try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
            _ = try await ledger.hold("10", ["run_id": "r1"])
            let approval = try await ledger.asked("4", ["run_id": "r1"])
            #expect(try await ledger.approve(approval, "6", by: ledger.approver()).name == "decided")
            let first = try await ledger.hold("4", ["run_id": "r1"])
            #expect(try ledger.grant(approval) == "6 held 4 spent 0")
            #expect(try await ledger.reserve("2.000000001", ["run_id": "r1"]).name == "approval required")
            _ = try await ledger.hold("2", ["run_id": "r1"])
            #expect(try ledger.rows("orders").map(\.held) == [10_000_000_000, 6_000_000_000], "the envelope, then the grant")
            // What a hold gives back can be drawn again.
            #expect(try await ledger.commit(first, "1.5").name == "committed")
            #expect(try ledger.grant(approval) == "6 held 2 spent 1.5")
            _ = try await ledger.hold("2.5", ["run_id": "r1"])
            // Other runs, and calls without one, are asked for themselves.
            #expect(try await ledger.reserve("0.1", ["run_id": "r2"]).name == "approval required")
            #expect(try await ledger.reserve("0.1").name == "approval required")
        }
    }

    @Test("what was really spent is booked on the grant, beyond its amount where it must be")
    func overrun() async throws {
        try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
            let approval = try await ledger.asked("11", ["run_id": "r1"])
            _ = try await ledger.approve(approval, "11", by: ledger.approver())
            let hold = try await ledger.hold("11", ["run_id": "r1"])
            #expect(try await ledger.commit(hold, "13").name == "committed")
            #expect(try ledger.grant(approval) == "11 held 0 spent 13")
            #expect(try await ledger.reserve("11", ["run_id": "r1"]).name == "approval required")
        }
    }

    @Test("a grant ends with its time, by the job or by the next call, and what was not used is taken back once")
    func ended() async throws {
        for byJob in [true, false] {
            try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
                let approval = try await ledger.asked("11", ["run_id": "r1"])
                _ = try await ledger.approve(approval, "15", by: ledger.approver(), seconds: 600)
                let hold = try await ledger.hold("11", ["run_id": "r1"], ttlSeconds: 3_600)
                try await ledger.advance(seconds: 600)
                if byJob {
                    async let one = ledger.store.adjustments.expireDue()
                    async let other = ledger.store.adjustments.expireDue()
                    _ = try await (one, other)
                }
                #expect(try await ledger.reserve("11", ["run_id": "r1"]).name == "approval required")
                #expect(try ledger.grant(approval) == "11 held 11 spent 0")
                #expect(try ledger.events("grant.expired") == 1)
                // What comes back after the end cannot be drawn.
                _ = try await ledger.settle(hold, .release(reason: nil))
                #expect(try await ledger.reserve("11", ["run_id": "r1"]).name == "approval required")
            }
        }
    }

    @Test("of several grants the one that ends first is drawn first")
    func several() async throws {
        try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
            let ada = try await ledger.approver()
            let first = try await ledger.asked("11", ["run_id": "r1"])
            _ = try await ledger.approve(first, "12", by: ada, seconds: 600)
            _ = try await ledger.hold("11", ["run_id": "r1"])
            let second = try await ledger.asked("20", ["run_id": "r1"])
            #expect(second.id != first.id && second.question.scope == first.question.scope)
            _ = try await ledger.approve(second, "20", by: ada, seconds: 6_000)
            #expect(try ledger.grant(first) == "32 held 11 spent 0")
            try await ledger.advance(seconds: 600)
            _ = try await ledger.store.adjustments.expireDue()
            _ = try await ledger.store.holds.expireDue()
            // One of the first twelve was left; what its hold gave back is lost with it, and the twenty stay.
            #expect(try ledger.grant(first) == "20 held 0 spent 0")
        }
    }

    @Test("what comes back after the end of a grant is not given by a later one")
    func returned() async throws {
        try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
            let ada = try await ledger.approver()
            let first = try await ledger.asked("11", ["run_id": "r1"])
            _ = try await ledger.approve(first, "20", by: ada, seconds: 60)
            let hold = try await ledger.hold("16", ["run_id": "r1"], ttlSeconds: 3_600)
            try await ledger.advance(seconds: 120)
            let second = try await ledger.asked("11", ["run_id": "r1"])
            _ = try await ledger.approve(second, "12", by: ada)
            _ = try await ledger.settle(hold, .release(reason: nil))
            #expect(try await ledger.reserve("12.000000001", ["run_id": "r1"]).name == "approval required")
            _ = try await ledger.hold("12", ["run_id": "r1"])
        }
    }

    @Test("a gate on single calls draws the whole call from the grant")
    func perCall() async throws {
        let policy = """
            envelopes:
              - { name: big, meter: cost, per_call: "5", plan: [ { do: require_approval } ] }
            """
        try await TestLedger.with(policy: policy) { (ledger) async throws in
            _ = try await ledger.hold("5", ["run_id": "r1"])
            let approval = try await ledger.asked("8", ["run_id": "r1"])
            _ = try await ledger.approve(approval, "20", by: ledger.approver())
            _ = try await ledger.hold("8", ["run_id": "r1"])
            _ = try await ledger.hold("5", ["run_id": "r1"])
            _ = try await ledger.hold("12", ["run_id": "r1"])
            #expect(try ledger.grant(approval) == "20 held 20 spent 0")
            #expect(try await ledger.reserve("5.01", ["run_id": "r1"]).name == "approval required")
        }
    }

    @Test("64 calls at once through two replicas draw no more than was granted")
    func atOnce() async throws {
        try await TestLedger.with(policy: TestLedger.gated) { (ledger) async throws in
            _ = try await ledger.hold("10", ["run_id": "r1"])
            let approval = try await ledger.asked("1", ["run_id": "r1"])
            _ = try await ledger.approve(approval, "7", by: ledger.approver())
            try await RunningStore.with(ledger.database) { (store) async throws in
                let other = ledger.through(store)
                let calls = (0..<32).map { _ in LedgerStore.Operation.reserve(ledger.call("0.9", ["run_id": "r1"])) }
                async let mine = ledger.atOnce(calls)
                async let theirs = other.atOnce((0..<32).map { _ in .reserve(ledger.call("0.9", ["run_id": "r1"])) })
                let (one, two) = try await (mine, theirs)
                #expect((one["admitted"] ?? 0) + (two["admitted"] ?? 0) == 7)
            }
            #expect(try ledger.grant(approval) == "7 held 6.3 spent 0")
            #expect(try ledger.number("SELECT count(*) FROM approval_gates") == 1, "asked once more, and once only")
        }
    }
}
