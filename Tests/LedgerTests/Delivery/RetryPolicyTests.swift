import Ledger
import Testing

@Suite("When a message is sent again")
struct RetryPolicyTests {
    @Test("eleven waits, each within ten per cent of its plan, then no more", arguments: Array(1...11))
    func waits(failure: Int) throws {
        let plan = [2, 10, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400][failure - 1] * 1_000_000
        var seen: [Int64] = []
        for random in [0, 1, 12_345, UInt64(plan / 5), UInt64.max / 3, .max] {
            let wait = try #require(RetryPolicy.wait(afterFailures: Int64(failure), retryAfterSeconds: nil, random: random))
            #expect(wait >= Int64(plan) * 9 / 10 && wait <= Int64(plan) * 11 / 10)
            seen.append(wait)
        }
        #expect(Set(seen).count > 1, "the wait does not vary")
    }

    @Test("the twelfth failure is the last")
    func dead() {
        #expect(RetryPolicy.wait(afterFailures: 12, retryAfterSeconds: nil, random: 0) == nil)
        #expect(RetryPolicy.wait(afterFailures: 12, retryAfterSeconds: 5, random: 0) == nil)
    }

    @Test("a message that is refused is sent again after 2 s, 10 s and a minute, then no more")
    func refused() {
        for failure: Int64 in 1...3 {
            let wait = RetryPolicy.wait(afterRefusals: failure, random: 12_345)
            #expect(wait != nil && wait == RetryPolicy.wait(afterFailures: failure, retryAfterSeconds: nil, random: 12_345))
        }
        for failure: Int64 in [4, 5, 12] { #expect(RetryPolicy.wait(afterRefusals: failure, random: 0) == nil) }
    }

    @Test("an endpoint is never asked sooner than it asked for, and waits no longer than a day for it")
    func retryAfter() {
        #expect(RetryPolicy.wait(afterFailures: 1, retryAfterSeconds: 120, random: 0) == 120_000_000)
        #expect(RetryPolicy.wait(afterFailures: 1, retryAfterSeconds: .max, random: 0) == 86_400_000_000)
        #expect(RetryPolicy.wait(afterFailures: 4, retryAfterSeconds: 1, random: 0) == 270_000_000)
        #expect(RetryPolicy.wait(afterFailures: 4, retryAfterSeconds: -5, random: 0) == 270_000_000)
    }
}
