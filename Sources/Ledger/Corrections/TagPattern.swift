/// Which calls are meant: what each of some tags must look like.
public struct TagPattern: Hashable, Sendable {
    public struct Part: Hashable, Sendable {
        public let name: String
        /// Nil: the tag is absent.
        public let matcher: Matcher?

        public init(name: String, matcher: Matcher?) {
            self.name = name
            self.matcher = matcher
        }
    }

    /// The most tags that it names.
    public static let maximumCount = 16
    /// The most values that are listed for one tag.
    public static let maximumValues = 100

    /// Sorted by name, each name once.
    public let parts: [Part]

    public init(_ parts: [Part]) {
        self.parts = parts.sorted { $0.name < $1.name }
    }

    /// Whether a call with these tags is meant; one without parts means every call.
    public func matches(_ tags: Tags) -> Bool {
        parts.allSatisfy { part in
            let value = tags[part.name]
            guard let matcher = part.matcher else { return value == nil }
            return value.map(matcher.matches) ?? false
        }
    }
}
