import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Envelopes are frozen by hand")
struct FreezeTests {
    private static func setFrozen(_ isFrozen: Bool, _ ledger: TestLedger) async throws -> Bool {
        return try await ledger.store.envelopes.setFrozen(
            isFrozen, envelope: "total", policy: try await ledger.state().policy, reason: "audit", author: "finance",
            organisation: ledger.organisation.id)
    }

    @Test("no replica admits a call that begins after the freeze was acknowledged; commits are booked; unfreezing lets through")
    func freeze() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("1000")) { (first) async throws in
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                let held = try await second.hold("1")
                for _ in 0..<20 {
                    #expect(try await Self.setFrozen(true, first))
                    #expect(try await second.reserve("1").name == "frozen")
                    #expect(try await first.settle(held, .extend(ttlSeconds: 300)).name == "frozen")
                    #expect(try await Self.setFrozen(false, second))
                    #expect(try await first.reserve("1").name == "admitted")
                }
                #expect(try await Self.setFrozen(true, first))
                #expect(try await Self.setFrozen(true, second) == false, "it is frozen already")
                #expect(try await second.commit(held, "3").name == "committed")
                #expect(try first.count("envelope_freezes") == 41)
                let freezes = try await store.envelopes.freezes(of: "total", organisation: first.organisation.id, from: nil, until: nil)
                #expect(freezes.count == 41 && freezes.first?.isFrozen == true && freezes.first?.freeze.reason == "audit")
            }
        }
    }
}
