/// Which kinds of events somebody wants to hear of, written as patterns: a kind, a family such as `approval.*`, or `*`.
public struct EventSelection: Hashable, Sendable {
    /// A pattern that no kind matches.
    public struct UnknownPattern: Error, Hashable, Sendable, CustomStringConvertible {
        public let pattern: String

        public var description: String {
            let families = Set(Event.Kind.allCases.map { EventSelection.family(of: $0.rawValue) + ".*" }).sorted()
            return "'\(pattern)' matches no event; write *, a family (\(families.joined(separator: ", "))) or a kind such as approval.requested"
        }
    }

    /// Everything, kinds of later versions too.
    public static let all = EventSelection(kinds: nil)

    /// Nil: all.
    public let kinds: Set<Event.Kind>?

    private init(kinds: Set<Event.Kind>?) { self.kinds = kinds }

    /// - Parameter patterns: `alert.*` is `alert` itself and everything below it. None at all: everything.
    public init(patterns: [String]) throws(UnknownPattern) {
        guard !patterns.isEmpty, !patterns.contains("*") else {
            self = .all
            return
        }
        var kinds: Set<Event.Kind> = []
        for pattern in patterns {
            let matching = Event.Kind.allCases.filter { Self.matches($0.rawValue, pattern) }
            guard !matching.isEmpty else { throw UnknownPattern(pattern: pattern) }
            kinds.formUnion(matching)
        }
        self.init(kinds: kinds)
    }

    public func includes(_ kind: Event.Kind) -> Bool { kinds?.contains(kind) ?? true }

    private static func matches(_ kind: String, _ pattern: String) -> Bool {
        kind == pattern || pattern.hasSuffix(".*") && family(of: kind) == pattern.dropLast(2)
    }

    private static func family(of kind: String) -> String { String(kind.prefix { $0 != "." }) }
}
