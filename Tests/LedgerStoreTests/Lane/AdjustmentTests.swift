import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Limits are adjusted by hand")
struct AdjustmentTests {
    private static func adjust(
        _ ledger: TestLedger, _ amount: Int64, key: [String: String] = [:], envelope: String = "total", expiresAt: Timestamp? = nil,
        idempotency: String? = nil
    ) async throws -> Outcome {
        try await ledger.submit(
            .adjust(
                AdjustRequest(
                    key: ledger.gateway, idempotency: TestLedger.idempotency(idempotency, "\(amount)"), envelope: envelope,
                    balanceKey: TestLedger.tags(key), amount: amount, reason: "because", author: "finance", expiresAt: expiresAt)))
    }

    @Test("a top-up makes room, a correction takes it away, even below what is used")
    func upAndDown() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { (ledger) async throws in
            _ = try await ledger.hold("10")
            #expect(try await ledger.reserve("1").name == "exhausted")
            #expect(try await Self.adjust(ledger, 5_000_000_000).name == "adjusted")
            _ = try await ledger.hold("5")
            #expect(try await ledger.reserve("0.000000001").name == "exhausted")
            #expect(try await Self.adjust(ledger, -8_000_000_000).name == "adjusted")
            #expect(try ledger.rows("total") == [.init(limit: 7_000_000_000, held: 15_000_000_000, spent: 0, version: 4)])
            #expect(try await ledger.reserve("0.000000001").name == "exhausted")
        }
    }

    @Test("a policy's new limit and the adjustments add up")
    func withPolicy() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { (ledger) async throws in
            _ = try await Self.adjust(ledger, 5_000_000_000)
            try await ledger.apply(SamplePolicy.total("20"))
            _ = try await ledger.hold("25")
            #expect(try await ledger.reserve("0.000000001").name == "exhausted")
        }
    }

    @Test("one that expires is taken back by the first batch after it, once, on any replica")
    func expiry() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { (first) async throws in
            _ = try await Self.adjust(first, 5_000_000_000, expiresAt: first.now.adding(seconds: 60))
            _ = try await Self.adjust(first, 2_000_000_000, expiresAt: first.now.adding(seconds: 120))
            _ = try await first.hold("17", ttlSeconds: 3_600)
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                try await first.advance(seconds: 60)
                async let one = first.reserve("1")
                async let other = second.reserve("1")
                #expect(try await [one.name, other.name] == ["exhausted", "exhausted"])
                #expect(try first.number("SELECT count(*) FROM adjustments WHERE kind = 'expiry'") == 1)
                #expect(try first.rows("total").map(\.limit) == [12_000_000_000])
                try await first.advance(seconds: 60)
                _ = try await second.reserve("1")
                #expect(try first.rows("total").map(\.limit) == [10_000_000_000])
                #expect(try first.count("expiring_adjustments") == 0)
            }
        }
    }

    @Test("the same key adjusts once; another amount under it is refused")
    func idempotent() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { (ledger) async throws in
            #expect(try await Self.adjust(ledger, 1_000, idempotency: "k").name == "adjusted")
            #expect(try await Self.adjust(ledger, 1_000, idempotency: "k").name == "replayed")
            #expect(try await Self.adjust(ledger, 2_000, idempotency: "k").name == "idempotency mismatch")
            #expect(try ledger.count("adjustments") == 1)
        }
    }

    @Test("what cannot be adjusted: no such envelope, another key, an end that has passed, a sum that does not fit")
    func refused() async throws {
        try await TestLedger.with(policy: SamplePolicy.layered(total: "1", team: "1", agent: "1")) { (ledger) async throws in
            #expect(try await Self.adjust(ledger, 1, envelope: "nobody").name == "not found")
            #expect(try await Self.adjust(ledger, 1, envelope: "team").name == "balance key")
            #expect(try await Self.adjust(ledger, 1, key: ["team_id": "a", "agent_id": "b"], envelope: "team").name == "balance key")
            #expect(try await Self.adjust(ledger, 1, key: ["team_id": "a"], envelope: "team").name == "adjusted")
            #expect(try await Self.adjust(ledger, 1, expiresAt: ledger.now).name == "expiry passed")
            #expect(try await Self.adjust(ledger, Adjustment.maximum).name == "adjusted")
            #expect(try await Self.adjust(ledger, 1).name == "amount too large")
            #expect(try ledger.count("adjustments") == 2)
        }
    }
}
