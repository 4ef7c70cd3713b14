import Ledger
import Testing

@testable import LedgerStore

@Suite
struct HoldCacheTests {
    private let ours = Identifier(high: 1, low: 0)
    private let theirs = Identifier(high: 2, low: 0)

    private func hold(_ number: UInt64) -> HeldReservation {
        HeldReservation(
            id: Identifier(high: 9, low: number), openedAt: Timestamp(seconds: 0), key: .none, model: "gpt-5", tool: nil, tags: Array("{}".utf8),
            amounts: .zero, balances: [], shares: [], shadows: [], counters: [], hasState: false, state: .open(expiresAt: Timestamp(seconds: 120)))
    }

    @Test
    func isFoundUnderItsOwnOrganisationOnly() {
        var cache = HoldCache()
        cache.learn(opened: [hold(1)], ended: [], of: ours)
        #expect(cache.known([hold(1).id, hold(2).id], of: ours).keys.sorted() == [hold(1).id])
        #expect(cache.known([hold(1).id], of: theirs).isEmpty)
    }

    @Test
    func isForgottenWhenItEnds() {
        var cache = HoldCache()
        cache.learn(opened: [hold(1), hold(2)], ended: [], of: ours)
        cache.learn(opened: [], ended: [hold(1).id], of: theirs)
        #expect(cache.known([hold(1).id], of: ours).count == 1)
        cache.learn(opened: [], ended: [hold(1).id], of: ours)
        #expect(cache.known([hold(1).id, hold(2).id], of: ours).keys.sorted() == [hold(2).id])
    }

    /// Holds that nobody ends must not fill the memory.
    @Test
    func keepsTwoGenerationsAtMost() {
        var cache = HoldCache()
        let count = UInt64(HoldCache.capacity)
        for number in 0..<3 * count { cache.learn(opened: [hold(number)], ended: [], of: ours) }
        let known = (0..<3 * count).count { !cache.known([hold($0).id], of: ours).isEmpty }
        #expect(known <= 2 * HoldCache.capacity)
        #expect((2 * count..<3 * count).allSatisfy { !cache.known([hold($0).id], of: ours).isEmpty })
    }
}
