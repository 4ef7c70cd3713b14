/// What an endpoint's answer means for the message.
public enum EndpointVerdict: Hashable, Sendable {
    /// It was taken: 2xx.
    case delivered
    /// The endpoint is gone for good: 410.
    case gone
    /// Not taken, or no answer; to be sent again, after what the endpoint asked for (429, 503).
    case failed(retryAfterSeconds: Int64?)
    /// The endpoint does not want this message, 4xx, and hardly will later; to be sent again a few times only, so that it does
    /// not hold up those behind it.
    case refused

    /// The 4xx that are about the moment or the set-up of the endpoint, which somebody may put right, not about the message:
    /// 401, 403, 404, 408, 409, 425 and 429.
    private static let passing: Set<Int64> = [401, 403, 404, 408, 409, 425, 429]

    /// - Parameters:
    ///   - status: nil: there was no answer.
    ///   - retryAfter: the header of that name, RFC 9110, section 10.2.3.
    ///   - now: by the clock of the world, against which the header's date is read.
    public init(status: Int64?, retryAfter: String?, now: Timestamp) {
        switch status {
        case .some(200..<300): self = .delivered
        case 410: self = .gone
        case 429, 503: self = .failed(retryAfterSeconds: retryAfter.flatMap { Self.seconds(of: $0, now: now) })
        case .some(let status) where (400..<500).contains(status) && !Self.passing.contains(status): self = .refused
        default: self = .failed(retryAfterSeconds: nil)
        }
    }

    /// Whole seconds, or the IMF-fixdate `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func seconds(of header: String, now: Timestamp) -> Int64? {
        let text = header.split(separator: " ").joined(separator: " ")
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return Int64(text) ?? RetryPolicy.maximumRetryAfterSeconds
        }
        return date(text).map { now.secondsRoundedUp(until: $0) }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func date(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT", words[1].utf8.count == 2, words[3].utf8.count == 4,
            let month = months.firstIndex(where: { $0 == words[2] })
        else { return nil }
        let number = month + 1
        return Timestamp(rfc3339: "\(words[3])-\(number < 10 ? "0" : "")\(number)-\(words[1])T\(words[4])Z")
    }
}
