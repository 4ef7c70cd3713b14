import Ledger
import Testing

@Suite("What an endpoint's answer means")
struct EndpointVerdictTests {
    private static let now = Timestamp(seconds: 784_111_770)

    private static func verdict(_ status: Int64?, _ retryAfter: String? = nil) -> EndpointVerdict {
        EndpointVerdict(status: status, retryAfter: retryAfter, now: now)
    }

    @Test("only 2xx is taken, 410 is gone, most 4xx are refused, anything else comes again")
    func statuses() {
        for status: Int64 in [200, 201, 204, 299] { #expect(Self.verdict(status) == .delivered) }
        #expect(Self.verdict(410) == .gone)
        for status: Int64? in [nil, 100, 199, 300, 302, 399, 401, 403, 404, 408, 409, 425, 500, 502, 599] {
            #expect(Self.verdict(status, "60") == .failed(retryAfterSeconds: nil), "\(status ?? 0)")
        }
        for status: Int64 in [400, 402, 405, 406, 407, 411, 413, 415, 422, 424, 426, 428, 431, 451, 499] {
            #expect(Self.verdict(status, "60") == .refused, "\(status)")
        }
    }

    @Test(
        "Retry-After of 429 and 503 is read as seconds or as a date",
        arguments: [
            ("0", 0), ("120", 120), (" 7 ", 7), ("99999999999999999999", 86_400), ("Sun, 06 Nov 1994 08:49:37 GMT", 7),
            ("Sun, 06 Nov 1994 08:49:00 GMT", 0), ("soon", nil), ("-1", nil), ("1.5", nil), ("", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
            ("Sun, 31 Feb 1994 08:49:37 GMT", nil), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
        ] as [(String, Int64?)])
    func retryAfter(header: String, seconds: Int64?) {
        #expect(Self.verdict(429, header) == .failed(retryAfterSeconds: seconds))
        #expect(Self.verdict(503, header) == .failed(retryAfterSeconds: seconds))
    }
}
