/// A call lacks tags that an envelope which matches it divides by.
public struct TagsMissing: Error, Hashable, Sendable {
    public let names: [String]

    public init(names: [String]) { self.names = names }
}
