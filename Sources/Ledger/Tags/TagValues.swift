/// Which values a tag may have where a call carries it.
public struct TagValues: Hashable, Sendable {
    public let name: String
    public let allowed: Matcher

    public init(name: String, allowed: Matcher) {
        self.name = name
        self.allowed = allowed
    }
}
