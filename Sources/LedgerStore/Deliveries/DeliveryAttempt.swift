public import Ledger

/// One request to an endpoint, and what came of it.
public struct DeliveryAttempt: Sendable {
    /// 1 is the first.
    public let number: Int64
    public let at: Timestamp
    /// The time in the signature, in seconds since 1970.
    public let stamp: Int64
    /// The header `webhook-signature`.
    public let signature: String
    public let url: String
    /// Nil: there was no answer, and `error` says why.
    public let status: Int64?
    public let latencyMilliseconds: Int64
    /// The first `maximumAnswerLength` bytes of the answer's body.
    public let answer: String?
    public let error: String?

    public static let maximumAnswerLength = 1_024
    /// The longest error, in characters.
    public static let maximumErrorLength = 512

    /// Answers and errors come from strangers: they are cut to their length, and lose what PostgreSQL cannot keep.
    public init(
        number: Int64, at: Timestamp, stamp: Int64, signature: String, url: String, status: Int64?, latencyMilliseconds: Int64, answer: String?,
        error: String?
    ) {
        self.number = number
        self.at = at
        self.stamp = stamp
        self.signature = signature
        self.url = url
        self.status = status
        self.latencyMilliseconds = latencyMilliseconds
        self.answer = answer.map { Self.cleaned($0).prefix(Self.maximumAnswerLength) }.map(String.init)
        self.error = error.map { Self.cleaned($0).prefix(Self.maximumErrorLength) }.map(String.init)
    }

    private static func cleaned(_ text: String) -> String { String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value != 0 })) }
}
