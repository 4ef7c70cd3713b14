import Ledger
import Testing

@Suite("When what an alert told of is over")
struct AlertClearingTests {
    private static let now = Timestamp(seconds: 1_000)

    private static func reason(limit: Int64, used: Int128, windowEnd: Int64? = nil) -> String? {
        AlertClearing.reason(
            step: 80, limitThen: 100, limit: limit, used: used, meter: .tokens, windowEnd: windowEnd.map { Timestamp(seconds: $0) }, now: now)
    }

    @Test("a higher limit of which less than the step is used")
    func limit() {
        #expect(Self.reason(limit: 200, used: 159) == "the limit rose from 100 to 200, and less than 80 % of it is used")
        #expect(Self.reason(limit: 200, used: 160) == nil, "exactly the step is reached still")
        #expect(Self.reason(limit: 100, used: 10) == nil, "less use alone ends nothing")
        #expect(Self.reason(limit: 50, used: 0) == nil)
        #expect(Self.reason(limit: .max, used: Int128(Int64.max) * 2) == nil)
    }

    @Test("the end of the window, from its very moment on")
    func window() {
        #expect(Self.reason(limit: 100, used: 100, windowEnd: 1_000) == "the window ended")
        #expect(Self.reason(limit: 100, used: 100, windowEnd: 1_001) == nil)
    }
}
