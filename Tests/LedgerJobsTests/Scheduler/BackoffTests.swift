import LedgerJobs
import TestSupport
import Testing

@Suite("Waiting before another attempt")
struct BackoffTests {
    @Test("the longest wait doubles, up to a bound")
    func ceilings() {
        let backoff = Backoff(baseSeconds: 1, capSeconds: 60)
        #expect((1...8).map { backoff.ceilingMicroseconds(after: $0) / 1_000_000 } == [1, 2, 4, 8, 16, 32, 60, 60])
        #expect(backoff.ceilingMicroseconds(after: .max) == 60_000_000)
        #expect(backoff.ceilingMicroseconds(after: 0) == 1_000_000)
    }

    @Test("the wait is anything from nothing to the longest")
    func jitter() {
        let backoff = Backoff(baseSeconds: 2, capSeconds: 300)
        #expect(backoff.microseconds(after: 3, random: 0) == 0)
        #expect(backoff.microseconds(after: 3, random: .max) == 8_000_000)
        #expect(backoff.microseconds(after: 3, random: 1 << 63) == 4_000_000)
        var random = SplitMix64.announced("backoff")
        for _ in 0..<1_000 {
            let attempts = random.number(0...20)
            let wait = backoff.microseconds(after: attempts, random: random.next())
            #expect(wait >= 0 && wait <= backoff.ceilingMicroseconds(after: attempts))
        }
    }
}
