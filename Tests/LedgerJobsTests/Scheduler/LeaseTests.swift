import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("The lease of who runs what is due")
struct LeaseTests {
    private let mine = Identifier(high: 1, low: 1)
    private let other = Identifier(high: 2, low: 2)
    private let moment = Timestamp(seconds: 1_000)

    private func step(_ lease: SchedulerLease?) -> SchedulerLease.Step { SchedulerLease.step(lease, replica: mine, at: moment, seconds: 9) }

    @Test("nobody's is taken, a living one is respected, one that is over begins a new term")
    func steps() {
        let taken = SchedulerLease(holder: mine, term: 1, expiresAt: Timestamp(seconds: 1_009))
        #expect(step(nil) == .write(taken))
        #expect(step(SchedulerLease(holder: other, term: 4, expiresAt: Timestamp(seconds: 1_001))) == .wait)
        let next = SchedulerLease(holder: mine, term: 5, expiresAt: Timestamp(seconds: 1_009))
        #expect(step(SchedulerLease(holder: other, term: 4, expiresAt: moment)) == .write(next))
        #expect(step(SchedulerLease(holder: mine, term: 4, expiresAt: moment)) == .write(next), "somebody else may have had it meanwhile")
    }

    @Test("one's own is kept while it is long enough, and renewed in the same term")
    func renewal() {
        #expect(step(SchedulerLease(holder: mine, term: 4, expiresAt: Timestamp(seconds: 1_007))) == .keep)
        let renewed = SchedulerLease(holder: mine, term: 4, expiresAt: Timestamp(seconds: 1_009))
        #expect(step(SchedulerLease(holder: mine, term: 4, expiresAt: Timestamp(seconds: 1_005))) == .write(renewed))
    }

    @Test("of many who want it at once one gets it")
    func race() async throws {
        try await TestLedger.with { (ledger) async throws in
            for round in 1...3 {
                let old = try await ledger.store.schedules.read().lease
                let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 1...8 {
                        let wish = SchedulerLease(holder: Identifier(high: 0, low: UInt64(number)), term: Int64(round), expiresAt: moment)
                        group.addTask { try await ledger.store.schedules.write(wish, over: old) }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(winners == 1)
            }
        }
    }
}
