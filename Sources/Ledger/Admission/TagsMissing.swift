/// A call lacks tags that an envelope which matches it divides by, or that a breaker would stop it by.
public struct TagsMissing: Error, Hashable, Sendable {
    public let names: [String]

    public init(names: [String]) { self.names = names }
}
