/// One label of a call and what its value must look like.
public struct Condition: Hashable, Sendable {
    /// A tag, or `model`, `tool` or `tier`.
    public let label: String
    public let matcher: Matcher

    public init(label: String, matcher: Matcher) {
        self.label = label
        self.matcher = matcher
    }

    /// Whether a call has the label with such a value.
    public func matches(_ call: Call) -> Bool { call.label(label).map(matcher.matches) ?? false }
}
